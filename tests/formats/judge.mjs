// Judges catalog files by what Backstage itself demands of them: prints, as JSON, what it takes and refuses of each.
// Argument: a folder with node_modules/@backstage/catalog-model and node_modules/yaml. Input: a JSON list of YAML texts.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(`${process.argv[2]}/`);
const model = require('@backstage/catalog-model');
const yaml = require('yaml');

const policy = model.EntityPolicies.allOf([
  new model.SchemaValidEntityPolicy(),
  new model.DefaultNamespaceEntityPolicy(),
  new model.FieldFormatEntityPolicy(),
  new model.NoForeignRootFieldsEntityPolicy(),
]);
const validators = {
  Component: model.componentEntityV1alpha1Validator,
  Group: model.groupEntityV1alpha1Validator,
};

async function judge(text) {
  const taken = new Set();
  const refused = [];
  for (const document of yaml.parseAllDocuments(text, { merge: true })) {
    try {
      if (document.errors.length) throw document.errors[0];
      const entity = await policy.enforce(document.toJSON());
      if (!(await validators[entity.kind].check(entity))) throw new Error(`is no valid ${entity.kind}`);
      const { owner, parent, dependsOn = [] } = entity.spec;
      for (const reference of [owner, parent, ...dependsOn])
        if (reference) model.parseEntityRef(reference, { defaultKind: 'Group', defaultNamespace: 'default' });
      const own = model.stringifyEntityRef(entity);
      if (taken.has(own)) throw new Error('stands there twice');
      taken.add(own);
    } catch (error) {
      refused.push(`${document.getIn(['metadata', 'name'])}: ${error.message}`);
    }
  }
  return { taken: taken.size, refused };
}

const texts = JSON.parse(readFileSync(0, 'utf8'));
console.log(JSON.stringify(await Promise.all(texts.map(judge))));
