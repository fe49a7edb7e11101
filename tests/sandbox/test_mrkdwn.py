"""mrkdwn: it looks as in Slack, and nothing that anybody writes becomes HTML that was not meant."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.sandbox.mrkdwn import render, typed
from assistant.sandbox.workspace import fernwood
from assistant.slack.text import escape

FERNWOOD = fernwood()
WEB = 'target="_blank" rel="noopener noreferrer"'
ALLOWED = {
    "a": [{"href", "target", "rel"}, {"class", "href"}],
    "span": [{"class"}],
    **{tag: [set[str]()] for tag in ("p", "b", "i", "s", "code", "pre", "blockquote", "br")},
}
PIECES = (
    "*", "_", "~", "`", "```", "<", ">", "|", "\n", " ", "&", "&amp;", "&lt;", "&gt;", "&quot;", '"', "'", "a", "1",
    "\u2060", "https://", "javascript:", "<https://a.example|", "<@U0ANA>", "<#C0GENERAL|", "<!here>", "<!subteam^S1>",
    "<script>", " onclick=", "-", ".",
)  # fmt: skip
written = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=30).map("".join)


class Tags(HTMLParser):
    """Reads HTML, and fails on a tag, an attribute or an address that is not meant, and on what is left open."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text = ""
        self.feed(markup)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given_ = dict(attrs)
        assert given_.keys() in ALLOWED[tag]
        assert given_.get("class", "mention") == "mention"
        assert (given_.get("href") or "#").startswith(("#", "http://", "https://"))
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    handle_pi = unknown_decl = handle_comment


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*checkout-api* is owned by *Payments*.", "<p><b>checkout-api</b> is owned by <b>Payments</b>.</p>"),
        ("*_both_* ~gone~ `x *y*`", "<p><b><i>both</i></b> <s>gone</s> <code>x *y*</code></p>"),
        ("ab_testing_x 2 * 3 * 4 a*b*c", "<p>ab_testing_x 2 * 3 * 4 a*b*c</p>"),
        ("*<https://a.example|Runbook>*", f'<p><b><a href="https://a.example" {WEB}>Runbook</a></b></p>'),
        ("<https://a.example?a=1&amp;b=2>", f'<p><a href="https://a.example?a=1&amp;b=2" {WEB}>'
         "https://a.example?a=1&amp;b=2</a></p>"),
        ("<@U0ANA> in <#C0GENERAL|>", '<p><span class="mention">@ana</span> in '
         '<a class="mention" href="#general">#general</a></p>'),
        ("<#C0ELSEWHERE|far> <!here>", '<p><span class="mention">#far</span> <span class="mention">@here</span></p>'),
        ("<!subteam^S1|@oncall>", '<p><span class="mention">@oncall</span></p>'),
        ("&lt;!channel&gt; &amp;lt;", "<p>&lt;!channel&gt; &amp;lt;</p>"),
        ("<javascript:alert(1)|click>", "<p>click</p>"),
        ('<https://a" onclick="b|c>', f'<p><a href="https://a&#34; onclick=&#34;b" {WEB}>c</a></p>'),
        ("&gt; one\n&gt; two\nthree", "<blockquote>one<br>two</blockquote><p>three</p>"),
        ("a\n```\n<b> *x*\n```\nb", "<p>a</p><pre>&lt;b&gt; *x*</pre><p>b</p>"),
        ("one\n\ntwo", "<p>one<br><br>two</p>"),
        ("<|x> <@> <#>", "<p>x &lt;@&gt; &lt;#&gt;</p>"),
        ("*a *\u2060b*\u2060*", "<p><b>a *\u2060b*\u2060</b></p>"),
    ],
)  # fmt: skip
def test_render(text: str, expected: str) -> None:
    """Marks at the edges of words format, ids become names, and only addresses of the web become links."""
    assert render(text, FERNWOOD) == expected


@settings(deadline=None, max_examples=500)
@given(written)
def test_no_text_makes_a_tag_that_is_not_meant(text: str) -> None:
    """Whatever is written, the HTML holds only the tags, attributes and addresses that mrkdwn has, well nested."""
    Tags(render(text, FERNWOOD))


@settings(deadline=None)
@given(st.text(st.characters(exclude_characters="\n\r\0", exclude_categories=("Cs", "Cc"))))
def test_what_the_bot_escapes_is_shown_as_it_is_written(text: str) -> None:
    """What the bot took from people or files formats nothing, but for a quotation at the beginning of a line."""
    shown = render("x " + escape(text), FERNWOOD)
    assert Tags(shown).text.replace("\u2060", "") == "x " + text.replace("\u2060", "")
    assert shown.count("<") == 2


@settings(deadline=None)
@given(st.lists(st.sampled_from(("@ana", "#general", "@here", "https://a.example/x", "<", "&amp;", "*b*", "\n", " "))))
def test_typed_is_what_was_typed(pieces: list[str]) -> None:
    """A message that is edited or copied reads as it was typed."""
    text = "".join(pieces)
    assert typed(FERNWOOD.encode(text), FERNWOOD) == text


def test_no_text_takes_long() -> None:
    """Rendering a long line of half-open marks ends: a message is 40,000 characters at most, a block 3,000."""
    for piece in ("*<a>", "_`", "*<", "<*`_~", "```*"):
        Tags(render(piece * 750, FERNWOOD))
