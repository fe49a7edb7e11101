"""Tables from spreadsheets: which columns are taken for what, and what is said about a row that is not taken."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.core.catalog import Catalog, Place
from assistant.core.entries import Component, Ref, Team
from assistant.formats.registry_file import RegistryFile, check_references
from assistant.formats.spreadsheet import read_table

TABLE = """\
Service,Owning Team,Slack Channel,Purpose,Cost centre,Repo,Lifecycle
checkout,Payments,#payments,"Takes an order
to payment.",1001,https://git.acme.example/checkout,Production
ledger,payments,payments,"Books, and closes.",1001,,Deprecated
search,Discovery,#search,,1002,,Experimental
ranking,Discovery,#ranking,,1002,,
"""


def file_of(text: str, encoding: str = "utf-8") -> RegistryFile:
    return read_table("t.csv", text.encode(encoding))


def owners(file: RegistryFile) -> dict[str, tuple[str, ...]]:
    return {component.name: component.owners for component in file.components}


def said(file: RegistryFile) -> list[str]:
    return [str(finding) for finding in (*file.faults, *file.warnings)]


def test_a_table() -> None:
    """A row is a component, its cells stand in the fields that their headers mean, and each owner is a team."""
    file = file_of(TABLE)
    assert file.components[0] == Component(
        name="checkout",
        owners=("Payments",),
        description="Takes an order\nto payment.",
        repo="https://git.acme.example/checkout",
        stage="production",
    )
    assert owners(file)["ledger"] == ("Payments",)
    assert [team.name for team in file.teams] == ["Payments", "Discovery"]
    assert said(file) == []
    assert check_references(file, Catalog()) == ([], [])


def test_whose_channel_it_is() -> None:
    """A channel is the team's where two rows of it have it and none has another; else it is the component's own."""
    file = file_of(TABLE)
    assert [team.slack_channel for team in file.teams] == ["#payments", None]
    assert [component.slack_channel for component in file.components] == [None, None, "#search", "#ranking"]
    file = file_of("Service,Team,Slack\ncheckout,payments,#checkout-help\n")
    assert (file.teams[0].slack_channel, file.components[0].slack_channel) == (None, "#checkout-help")
    file = file_of('Service,Team,Slack\n"checkout, ledger",payments,#checkout-help\n')
    assert file.teams[0].slack_channel is None


def test_a_column_of_teams_channels() -> None:
    """Where the header says that a channel is the team's, one row is enough, but not where another row contradicts."""
    file = file_of("Service,Team,Team Slack\nx,a,#a\ny,b,#b\nz,b,#z\n")
    assert [team.slack_channel for team in file.teams] == ["#a", None]


def test_the_preview() -> None:
    """How the table was read is said first, a line for each column, those that are not used as well."""
    assert file_of(TABLE).notes == (
        "read as UTF-8, separated by a comma",
        "column 1 “Service” is the component",
        "column 2 “Owning Team” is the owner",
        "column 3 “Slack Channel” is the Slack channel",
        "column 4 “Purpose” is the description",
        "column 5 “Cost centre” is not used",
        "column 6 “Repo” is the repository",
        "column 7 “Lifecycle” is the stage",
    )


def test_rows_are_counted_as_a_spreadsheet_does() -> None:
    """A cell of several lines stands in one row, so that places and faults name the row that people see."""
    file = file_of(TABLE + ",Nobody knows,,,,,\n")
    assert file.places[Ref.component("ledger")] == Place("t.csv", 3)
    assert file.places[Ref.team("Discovery")] == Place("t.csv", 4)
    assert said(file) == ["t.csv:6:1: name: names no component; write one, or remove the row"]


@pytest.mark.parametrize(
    ("headers", "field"),
    [
        ("Application|App|System|Component Name|repo name|Project|NAME|Servce|Microservices", "name"),
        (
            "Team|squad|Owned by|Owner|Responsible Team|Maintained By|Team(s)|Ownr|Service Owner|Technical owner",
            "owner",
        ),
        ("Slack|Channel|slack_channel|Team Channel|SlackChannel|Squad Slack|Team Slack Channel", "slack_channel"),
        ("Repository|GitHub|Repo URL|Source code|git", "repo"),
        ("Description|Purpose|What it does|Desc|About", "description"),
        ("On-call|oncall|PagerDuty|Pager|Opsgenie|On-Call Schedule", "oncall"),
        ("Runbook|Docs|Documentation|Wiki|Run Book|Runbook URL", "runbook"),
        ("Tags|labels|Keywords", "tags"),
        ("Kind|Type|Category", "kind"),
        ("Lifecycle stage|Status|Maturity|Stage", "stage"),
        ("AKA|Aliases|Also known as", "aliases"),
        ("Depends on|Dependencies|depends_on", "depends_on"),
        ("Contact|E-mail|Tech Lead|Team Lead|Manager", "contacts"),
    ],
)
def test_headers(headers: str, field: str) -> None:
    """What people call a column is understood, misspelt or in the plural as well."""
    for header in headers.split("|"):
        others = [each for each in ("Service", "Squad") if field not in ("name", "owner")]
        others = ["Squad"] if field == "name" else ["Service"] if field == "owner" else others
        cells = {"name": "x", "owner": "pay", "stage": "live"}
        row = [*("x" if each == "Service" else "pay" for each in others), cells.get(field, "#value")]
        file = file_of(f"{','.join([*others, header])}\n{','.join(row)}\n")
        assert not said(file), header
        held = {**file.components[0].model_dump(exclude_defaults=True), "contacts": file.teams[0].contacts}
        channel = file.components[0].slack_channel or file.teams[0].slack_channel
        found = held | {"slack_channel": channel, "owner": file.components[0].owners}
        assert found[field] in ("x", ("pay",), "production", "#value", ("#value",)), header


def test_columns_that_nothing_is_known_of() -> None:
    """A header that only resembles nothing we know is kept out, however short it is."""
    file = file_of("Service,Team,Cost,Region,Date,Host,Notes,SLA,ID,\nx,y,1,2,3,4,5,6,7,\n")
    assert sum("is not used" in note for note in file.notes) == 7
    assert file.components == (Component(name="x", owners=("y",)),)


def test_an_owner_beside_a_team() -> None:
    """Where there is a team and an owner, the team owns it, and the owner is whom to ask there."""
    file = file_of("Service,Owner,Team\ncheckout,Ana Ruiz,Payments\nledger,Ben Ode,Payments\n")
    assert owners(file)["checkout"] == ("Payments",)
    assert file.teams == (Team(name="Payments", contacts=("Ana Ruiz", "Ben Ode")),)


def test_a_table_of_teams() -> None:
    """A table without components, whose rows are teams, becomes teams."""
    file = file_of(
        "Team;Slack;Lead;On call;Floor\nPayments;payments;ana@acme.example;@pay-oncall;3\nRisk;C0123ABCD;;;\n"
    )
    assert file.teams == (
        Team(name="Payments", slack_channel="#payments", contacts=("ana@acme.example",), oncall="@pay-oncall"),
        Team(name="Risk", slack_channel="C0123ABCD"),
    )
    assert file.notes[1] == "column 1 “Team” is the team"
    assert not file.components


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("payments", ["payments"]),
        ("payments, risk", ["payments", "risk"]),
        ("payments; risk;payments", ["payments", "risk"]),
        ("payments/risk", ["payments", "risk"]),
        ("payments & risk", ["payments", "risk"]),
        ("payments and risk", ["payments", "risk"]),
        ("payments\nrisk", ["payments", "risk"]),
        ("payments, TBD", ["payments"]),
        ("payments  &  risk", ["payments", "risk"]),
        ("Search & Discovery; ops/eu", ["Search & Discovery", "ops/eu"]),
        ("Search and Discovery;", ["Search and Discovery"]),
        ("ops/eu\nHR, Legal", ["ops/eu", "HR, Legal"]),
        ("'-1", ["-1"]),
        ("R&D", ["R&D"]),
        ("@acme/payments", ["payments"]),
        ("@acme/payments @ana", ["payments", "@ana"]),
        ("=SUM(A1)", ["=SUM(A1)"]),
        ("+1", ["+1"]),
    ],
)
def test_several_owners(cell: str, names: list[str]) -> None:
    """A cell may hold several owners, in the order in which they stand; what looks like a formula is text."""
    assert owners(file_of(f'Service\tTeam\nx\t"{cell}"\n')) == {"x": tuple(names)}


def test_a_cell_of_many_spaces() -> None:
    """A cell that holds hardly anything is read at once, however long it is."""
    file = file_of(f"Service,Team\nx,a{' ' * 100_000}b\n")
    assert owners(file) == {"x": ("a b",)}


def test_owners_that_could_be_one_team() -> None:
    """Where “and” parts two owners, the preview says so, since a team may be called so."""
    assert file_of("Service,Team\nx,Trust and Safety\n").notes[-1] == "“Trust and Safety” is read as 2 owners"


@pytest.mark.parametrize("cell", ["TBD", "unknown", "N/A", "?", "-", "None", "todo"])
def test_placeholders(cell: str) -> None:
    """What people write for want of an owner leaves the component unowned, with a warning; elsewhere it is nothing."""
    file = file_of(f"Service,Team,Slack,Runbook\nx,{cell},{cell},{cell}\n")
    assert file.components == (Component(name="x"),)
    assert said(file) == [f't.csv:2:2: owners: is "{cell}", so it has no owner']


def test_facts() -> None:
    """A lifecycle is ours where its values are; else it is the stage. So it is with ownership and the owner."""
    ours = file_of("Service,Lifecycle,Ownership,Status\nx,shared,External team,GA\ny,Application-bound,,\n").components
    assert [(each.lifecycle, each.ownership, each.stage) for each in ours] == [
        ("shared", "external-team", "production"),
        ("application-bound", None, None),
    ]
    theirs = file_of("Service,Lifecycle,Ownership\nx,deprecated,Payments\n").components[0]
    assert (theirs.lifecycle, theirs.stage, theirs.owners) == (None, "deprecated", ("Payments",))


def test_stages() -> None:
    """A stage that nobody knows is left out with a warning, and a column of tiers is not used at all."""
    file = file_of("Service,Team,Status\nx,y,live\nz,y,odd\n")
    assert said(file) == [
        't.csv:3:3: stage: is "odd", which is left out; known are deprecated, experimental, production'
    ]
    assert "column 3 “Tier” is not used" in file_of("Service,Team,Tier\nx,y,1\nz,y,2\n").notes


def test_repositories_as_components() -> None:
    """In a table of repositories and teams each repository is a component, and where it is kept."""
    (component,) = file_of("Repository,Team\nhttps://github.com/acme/checkout.git,Payments\n").components
    assert component == Component(name="checkout", owners=("Payments",), repo="https://github.com/acme/checkout.git")


def test_duplicates() -> None:
    """Two rows of one name are one component where they agree; else the first counts, and the second is a fault."""
    file = file_of("Service,Team\nx,a\nX,a\nx,b\ny,b\n")
    assert owners(file) == {"x": ("a",), "y": ("b",)}
    assert said(file) == ['t.csv:4:1: name: "x" stands in row 2 already, which says otherwise about the owner']


def test_bad_rows() -> None:
    """Each bad row is reported with its row and column, and all others are imported."""
    long = "x" * 256
    file = file_of(f"Service,Team,Runbook\na,b,c\na\u200bb,b,\n{long},b,\nc,{long},\nd,e,f,g\nh,b,i\n")
    assert owners(file) == {"a": ("b",), "h": ("b",)}
    assert said(file) == [
        "t.csv:3:1: name: holds a control or invisible character; remove it",
        "t.csv:4:1: name: is 256 characters long; at most 255 are allowed",
        "t.csv:5:2: owners: is 256 characters long; at most 255 are allowed",
        "t.csv:6:4: stands in a column without a header; add one",
    ]


def test_a_wide_table() -> None:
    """A table of a million columns is read in no time, and its first are found."""
    file = file_of("Service,Team" + "," * 1_000_000 + "\nx,y\n")
    assert owners(file) == {"x": ("y",)}


def test_what_is_no_such_table() -> None:
    """A table without components and teams is refused once, with the headers that it has and those that would do."""
    (fault,) = file_of("Date,Amount\n1,2\n3,4\n").faults
    assert str(fault) == (
        "t.csv:1:1: has no column of components or teams; call one Component and one Team, where now stands"
        " “Date”, “Amount”"
    )


def test_components_of_a_team_in_one_cell() -> None:
    """A row of a team with several components in a cell states each of them."""
    file = file_of('Squad,Squad Slack,Services\nPayments,pay,"checkout, ledger"\nRisk,risk,fraud\n')
    assert owners(file) == {"checkout": ("Payments",), "ledger": ("Payments",), "fraud": ("Risk",)}
    assert [team.slack_channel for team in file.teams] == ["#pay", "#risk"]
    assert file.places[Ref.component("ledger")] == Place("t.csv", 2)


def test_a_table_in_markdown() -> None:
    """A table as it stands in a wiki is read, without the line below its header."""
    file = file_of("| Service | Team |\n| :--- | --- |\n| checkout | Payments |\n")
    assert owners(file) == {"checkout": ("Payments",)}
    assert said(file) == []


def test_a_quote_that_is_left_open() -> None:
    """A quote that nobody closes is a fault in its row, and the rows before it are imported."""
    file = file_of('Service,Team,Purpose\na,b,c\nd,e,"f\ng,h,i\nj,k,l\n')
    assert owners(file) == {"a": ("b",)}
    assert said(file) == [
        "t.csv:3:1: opens a quote that is closed nowhere, so that all that follows is one cell; close it"
    ]


def test_a_cell_without_end() -> None:
    """A cell that is longer than any is a fault, at the row from which on nothing could be read."""
    file = file_of('Service,Team\na,b\nc,"' + "d" * 200_000 + "\n")
    assert owners(file) == {"a": ("b",)}
    assert [(fault.line, fault.message[:35]) for fault in file.faults] == [(3, "cannot be read from here on (field ")]
    assert file_of('"' + "d" * 200_000).faults


def test_a_title_above_the_table() -> None:
    """The header is found below a title, and rows are counted from the top of the sheet."""
    file = file_of("Our services,,\n,,\nService,Team,Slack\nx,y,#z\n")
    assert "the header is row 3" in file.notes
    assert file.places[Ref.component("x")] == Place("t.csv", 4)


@pytest.mark.parametrize(
    ("encoding", "called"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("cp1252", "Windows-1252"),
    ],
)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encodings_and_separators(encoding: str, called: str, separator: str) -> None:
    """Whatever a spreadsheet saves in, with whatever between the cells, the same table is read."""
    rows = [["Service", "Team", "Description"]]
    rows += [["zahlung", "Größe", "Führt Bücher; prüft, ob's stimmt"], ["suche", "Café", "a\nb|c"]]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator).writerows(rows)
    file = file_of(out.getvalue(), encoding)
    assert owners(file) == {"zahlung": ("Größe",), "suche": ("Café",)}
    assert file.components[1].description == "a\nb|c"
    assert file.notes[0].startswith(f"read as {called}, separated by ")


def test_other_alphabets() -> None:
    """A table in Cyrillic or Japanese is read in the encoding of its country."""
    assert owners(file_of("Service,Team\nкорзина,платежи и возвраты\n", "cp1251")) == {
        "корзина": ("платежи и возвраты",)
    }
    assert owners(file_of("Service,Team\nカート,支払いチーム\n", "cp932")) == {"カート": ("支払いチーム",)}


def test_excel_states_its_separator() -> None:
    """A first line that states the separator, as Excel writes it, is no row."""
    file = file_of("sep=;\r\nService;Team\r\nx;y\r\n")
    assert file.places[Ref.component("x")].line == 2


CELLS = st.text(max_size=12) | st.sampled_from(
    [
        "Service",
        "Team",
        "Owner",
        "Slack",
        "Status",
        "Lifecycle",
        "x",
        "X",
        "a & b",
        "n/a",
        "=1",
        "@a/b",
        "live",
        "shared",
    ]
)


@given(
    st.binary(max_size=200)
    | st.text(alphabet=list(",;\t|\"'\r\n ab\0é"), max_size=60).map(str.encode)
    | st.lists(st.lists(CELLS, max_size=4), max_size=6).map(lambda rows: "\n".join(map(",".join, rows)).encode())
)
def test_arbitrary_content(content: bytes) -> None:
    """Whatever a file holds, it is read without an exception, twice the same, and refers to no unknown team."""
    file = read_table("t.csv", content)
    assert file == read_table("t.csv", content)
    assert check_references(file, Catalog())[0] == []
    assert len({entry.ref for entry in file.entries}) == len(file.entries)
    assert all(str(each).isprintable() for each in (*file.faults, *file.warnings, *file.notes))


def test_rows_that_are_no_entries() -> None:
    """A total and a broken reference are named with their row, and are no components; a list of names is noted."""
    text = 'Service,Team\nledger,pay\n"search, web",pay\nTotal,3\nSub-Total,2\n#REF!,\n'
    file = read_table("apps.csv", text.encode())
    assert [component.name for component in file.components] == ["ledger", "search", "web"]
    assert [fault.line for fault in file.faults] == [4, 5, 6]
    assert "“search, web” is read as 2 components" in file.notes


def test_a_table_of_windows() -> None:
    """Umlauts in what most spreadsheets save in are read as they were written."""
    text = "Service,Team\nMüller-Dienst,Straßenteam\n"
    [component] = read_table("apps.csv", text.encode("cp1252")).components
    assert (component.name, component.owners) == ("Müller-Dienst", ("Straßenteam",))
