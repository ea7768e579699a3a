"""What is said in another language: nothing outside of the catalogues, nothing missing in them, nothing left over."""

from __future__ import annotations

import ast
import re
import string
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from core.domain import Timeframe, resolve_symbol
from core.errors import CandorError
from core.findings import MadeUpPrices, UnusableFiles
from core.wording.errors import error_in_words, is_of_an_error
from core.wording.language import (
    CATALOGUES,
    Language,
    catalogue,
    in_a_row,
    language_named,
    listed,
    say,
    say_count,
    speak,
    speaking,
    spoken_language,
)
from core.wording.sentences import error_text, notice_text, problem_text
from core.wording.style import PLAIN, TYPESET
from pages.components.shared.number_text import percent_text
from scripts.words import TRANSLATED, brought_up_to_date, catalog_of_code, file_of, untranslated
from tests.wording.facts import PROBLEMS

PROJECT = Path(__file__).resolve().parents[2]

SPEAKING = ("core/wording", "pages")

NOT_TRANSLATED = {
    "core/wording/trial.py",  # a message arrives where nobody knows who reads it
    "core/wording/ledger_columns.py",  # the API's documentation
    "core/wording/stream_events.py",
    "core/wording/result.py",
    "pages/components/shared/assets.py",  # answers to programs
    "pages/components/shared/browser_component.py",  # a script
    "pages/components/shared/first_page.py",  # without a word
    "pages/components/shared/login.py",
    "pages/components/shared/scripts.py",
    "pages/components/shared/beside.py",  # an error's own words
    "pages/drawn_with.py",  # names
}

SAYING = {"say", "phrase", "say_count"}

LEFT_TO_CODE = {
    "CandorError",
    "InvalidRequest",
    "TypeVar",
    "browser_component",
    "cast",
    "compile",
    "debug",
    "exception",
    "getLogger",
    "removeprefix",
    "startswith",
    "warning",
}
"""Calls whose texts no reader of a page sees: errors, the log, and what only programs read."""

LEFT_TO_STREAMLIT = {"anchor", "bind", "format", "gap", "icon", "key", "mime", "type", "vertical_alignment", "width"}
"""Arguments that Streamlit, not the reader, understands."""

NO_WORDS = {
    "Cache-Control",
    "Int64",
    "LightweightCharts",
    "middle left",
    "middle right",
    "tgram://TOKEN/CHAT, discord://ID/TOKEN, mailtos://USER:PASSWORD@HOST, jsons://HOST/PATH …",
}
"""What plotly.js, pandas, browsers and Apprise call things."""


@pytest.fixture(scope="module")
def catalog() -> object:
    return catalog_of_code()


# ---------------------------------------------------------------- the catalogues


@pytest.mark.slow
@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_holds_what_the_code_says_and_nothing_else(language: Language, catalog: object) -> None:
    """Where this fails, ``python -m scripts.words`` brings it up to date and names what has to be translated."""
    words = brought_up_to_date(language, catalog)  # type: ignore[arg-type]
    assert untranslated(words) == []
    assert (CATALOGUES / f"{language}.po").read_bytes() == file_of(words)


def messages() -> Iterator[Message]:
    return (message for language in TRANSLATED for message in catalogue(language) if message.id)


def forms(text: object) -> tuple[str, ...]:
    return text if isinstance(text, tuple) else (str(text),)


def places(text: str) -> set[str]:
    """The facts that a text names, each as it is written: with ``:,`` or ``!r``, if so."""
    return set(re.findall(r"%?\{[^{}]*\}", text))


def test_a_translation_names_the_facts_that_its_text_names() -> None:
    """One of several forms may leave the count out: ``1 coin``."""
    wrong = [
        message.id
        for message in messages()
        if places(forms(message.string)[0]) != places(forms(message.id)[-1]) | places(forms(message.id)[0])
    ]
    assert wrong == []


def test_a_translation_keeps_the_marks_of_markdown_and_the_addresses() -> None:
    for message in messages():
        text, translated = forms(message.id)[0], forms(message.string)[0]
        for mark in ("**", "](", "`", "<br>", ":material", "-badge["):
            assert text.count(mark) == translated.count(mark), text
        assert re.findall(r"\]\(([^)]*)\)", text) == re.findall(r"\]\(([^)]*)\)", translated), text


# ---------------------------------------------------------------- words outside of them


@pytest.mark.slow
def test_no_page_says_a_word_that_is_in_no_catalogue() -> None:
    found = [
        f"{path.relative_to(PROJECT)}:{line}: {text[:70]!r}"
        for folder in SPEAKING
        for path in sorted((PROJECT / folder).rglob("*.py"))
        if path.relative_to(PROJECT).as_posix() not in NOT_TRANSLATED
        for line, text in unsaid(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


@pytest.mark.slow
def test_what_stands_before_a_script_has_come_says_nothing() -> None:
    """A component's first HTML is there before its script can say anything in the reader's language."""
    words = re.compile(r'\b(?:aria-label|title|alt|placeholder)="[^"]*\w|>[^<>]*[A-Za-z]{2,}[^<>]*<')
    texts = [
        node.value
        for path in sorted((PROJECT / "pages").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("\n<figure")
    ]
    assert len(texts) >= 2
    assert [found for text in texts for found in words.findall(text)] == []


@pytest.mark.slow
def test_nothing_is_said_inside_of_an_f_string_where_no_catalogue_finds_it() -> None:
    hidden = [
        f"{path.relative_to(PROJECT)}:{node.lineno}"
        for folder in SPEAKING
        for path in sorted((PROJECT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr) and any(says_a_text(inner) for inner in ast.walk(node))
    ]
    assert hidden == []


def says_a_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in SAYING and isinstance(node.args[0], ast.Constant)


def test_a_word_outside_is_found_and_one_that_is_said_is_not() -> None:
    tree = ast.parse(
        '"""A module that says what it is for."""\n'
        'WORDS = {"a": phrase("Said later"), "b": "Never said"}\n'
        "def draw(n):\n"
        '    "It has words of its own."\n'
        '    st.write(say("Said {n} times", n=n), key="not_a_word")\n'
        '    st.write(f"All {n} of them")\n'
        '    log.warning("This goes to the log.")\n'
        '    raise CandorError("This is an error.")\n'
    )
    assert [text for _, text in unsaid(tree)] == ["Never said", "All … of them"]


class Unsaid(ast.NodeVisitor):
    """Collects the texts of a module that look like words for people, and go through nothing that says them."""

    def __init__(self) -> None:
        self.found: list[tuple[int, str]] = []

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self.visit(node.value)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        if not any(ast.unparse(base).endswith(("Enum", "TypedDict")) for base in node.bases):
            self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for statement in node.body:
            self.visit(statement)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value:
            self.visit(node.value)

    def visit_Raise(self, _: ast.Raise) -> None:
        """An error says what it says wherever it is read."""

    def visit_Compare(self, _: ast.Compare) -> None:
        """What is compared is a name, not a word."""

    def visit_Call(self, node: ast.Call) -> None:
        called = ast.unparse(node.func).split(".")[-1]
        if called in LEFT_TO_CODE:
            return
        self.visit(node.func)
        for argument in [] if called in SAYING else node.args:
            self.visit(argument)
        for keyword in node.keywords:
            if keyword.arg not in LEFT_TO_STREAMLIT:
                self.visit(keyword.value)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and node.value not in NO_WORDS and is_for_people(node.value):
            self.found.append((node.lineno, node.value))

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        text = "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
        if is_for_people(text):
            self.found.append((node.lineno, text))
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)


def unsaid(tree: ast.Module) -> list[tuple[int, str]]:
    visitor = Unsaid()
    visitor.visit(tree)
    return visitor.found


def is_for_people(text: str) -> bool:
    """Whether a text has a word apart from another, or one that begins like a sentence: no name, path, style or format."""
    bare = re.sub(r"<[^>]*>|https?://\S+|P\(\w+\)|\bUTC\b|\bATR\b|\bTP\d?\b|\bCSV\b|\bCANDOR\w*", "", text)
    if re.match(r"\s*(<|:material|theme:|--|[./%{]|#\w|(minmax|\d+(\.\d+)?rem))", text) or re.fullmatch(
        r"[A-Z_]+", bare
    ):
        return False
    words = re.findall(r"(?<![\w.-])[A-Za-z]{2,}(?![\w(=])", bare)
    return bool(re.match(r"\s*[A-Z][a-z]+", bare)) or (len(words) > 1 and " " in bare.strip())


# ---------------------------------------------------------------- words of scripts outside of them

NAMES_IN_CALLS = {
    "make": {0, 1},
    "makeSilent": {0, 1},
    "makeShares": {0, 1, 2},
    "makeRole": {0, 1, 2},
    "setAttribute": {0},
    "addEventListener": {0},
    "toggle": {0},
    "part": {0},
    "cell": {0},
    "headCell": {0},
    "loadLibrary": {0, 1},
    "load": {0},
    "Error": {0},
    "querySelector": {0},
    "querySelectorAll": {0},
    "visible": {0},
    "matches": {0},
    "closest": {0},
    "group": {1},
    "setProperty": {0, 1},
    "read": {0, 1},
}
"""Which arguments of a script's calls are names of elements, classes, roles and attributes, or selectors."""


NAMES_IN_SCRIPTS = re.compile(
    r"Cards|Table|English|Enter|Esc(ape)?"  # of layouts and languages, in addresses and to themselves; of keys
    r"|line (notice|none).*|why veto"  # classes
    r"|input:.*|\[data-testid.*|\(prefers-.*|translate\(.*"  # selectors, media queries, transforms
    r"|….*(max-age=|URLSearchParams).*"  # cookies and addresses
)


def test_no_script_says_a_word_that_is_in_no_catalogue() -> None:
    found = [
        f"{path.relative_to(PROJECT)}:{line}: {text[:70]!r}"
        for path in sorted((PROJECT / "pages").rglob("*.js"))
        for line, text in unsaid_by_script(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_a_word_of_a_script_outside_is_found_and_one_that_is_said_is_not() -> None:
    script = """
        import { make } from "./Some Place.js"; // These are no words of the page.
        const title = { a: say("Said by this script"), b: "Never said by it" };
        element.className = "big red box";
        make("div", "big red box", say("Said {n} times", { n: "once or twice" }), `Not ${said} by it`);
    """
    assert [text for _, text in unsaid_by_script(script)] == ["Never said by it", "once or twice", "Not … by it"]


TOKENS = re.compile(
    r"(?P<comment>//[^\n]*|/\*.*?\*/)"
    r'|(?P<text>"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|`(?:\\.|\$\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}|[^`\\])*`)'
    r"|(?<=[=(,:!&|?])\s*/(?:\\.|\[[^\]\n]*\]|[^/\\\n*])+/[a-z]*"  # a regular expression
    r"|[=!]=+|[\w$]+|\S",
    re.DOTALL,
)


def test_nothing_is_said_inside_of_a_template_of_a_script_where_no_catalogue_finds_it() -> None:
    hidden = [
        f"{path.relative_to(PROJECT)}: {token[0][:70]}"
        for path in sorted((PROJECT / "pages").rglob("*.js"))
        for token in TOKENS.finditer(path.read_text(encoding="utf-8"))
        if token[0].startswith("`") and re.search(r"\bsay(Count)?\(", token[0])
    ]
    assert hidden == []


def unsaid_by_script(script: str) -> Iterator[tuple[int, str]]:
    """Texts that look like words for people, and go through nothing that says them."""
    script = re.sub(
        r"^import [^;]*;|^export \{[^;]*;", lambda found: "\n" * found[0].count("\n"), script, flags=re.MULTILINE
    )
    calls: list[list[object]] = []  # the calls around a token: what is called, and which argument it is in
    before = ["", ""]
    for token in TOKENS.finditer(script):
        if token["text"]:
            text = re.sub(r"\$\{[^{}]*(\{[^{}]*\}[^{}]*)*\}", "…", token[0][1:-1])
            called, place = calls[-1] if calls else ("", 0)
            is_name = place in NAMES_IN_CALLS.get(str(called), set()) or before[-1] in {"===", "!==", "case"}
            is_name |= before[-1] == "=" and before[-2] in {
                "className",
                "href",
                "src",
                "cookie",
                "font",
                "type",
                "role",
            }
            if (
                called not in {"say", "sayCount"}
                and not is_name
                and not NAMES_IN_SCRIPTS.fullmatch(text)
                and is_for_people(text)
            ):
                yield script.count("\n", 0, token.start()) + 1, text
        elif token[0] == "(":
            calls.append([before[-1], 0])
        elif token[0] in {"[", "{"}:
            calls.append(["", 0])
        elif token[0] in {")", "]", "}"} and calls:
            calls.pop()
        elif token[0] == "," and calls:
            calls[-1][1] = int(str(calls[-1][1])) + 1
        if not token["comment"]:
            before = [*before, token[0]][-2:]


# ---------------------------------------------------------------- who is spoken to


def test_a_language_is_known_by_its_tag_and_any_other_is_english() -> None:
    assert [language_named(tag) for tag in ("zh", "zh-CN", "zh_TW", "ZH-hant", "en-GB")] == ["zh"] * 4 + ["en"]
    assert {language_named(tag) for tag in (None, "", "de", "zhx", "klingon")} == {Language.ENGLISH}


def test_nobody_is_spoken_to_in_another_language_unless_that_was_asked_for() -> None:
    heard = []
    with speaking(Language.CHINESE):
        assert say("Move likely") == "可能波动"
        thread = threading.Thread(target=lambda: heard.append(say("Move likely")))
        thread.start()
        thread.join()
    assert heard == ["Move likely"]
    assert say("Move likely") == "Move likely"


def test_a_thread_speaks_on_in_the_language_it_was_told() -> None:
    heard = []

    def run() -> None:
        speak(Language.CHINESE)
        heard.append((spoken_language(), say("Quiet")))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert heard == [(Language.CHINESE, "平静")]
    assert spoken_language() is Language.ENGLISH


def test_what_programs_are_told_is_english_whoever_reads_beside_them() -> None:
    with speaking(Language.CHINESE):
        assert notice_text(MadeUpPrices(), TYPESET) == "模拟行情：这些价格不是真实的。"
        assert notice_text(MadeUpPrices(), PLAIN) == "Simulated market: these prices are not real."
        for problem in PROBLEMS:
            assert problem_text(problem.facts, PLAIN).isascii() or "…" in problem_text(problem.facts, PLAIN)


def test_an_error_is_known_again_by_its_text_and_what_was_put_into_it() -> None:
    known = "BTCUSDT", "ETHUSDT"
    with speaking(Language.CHINESE):
        with pytest.raises(CandorError) as unknown:
            resolve_symbol("BTCUSD", known)
        assert error_text(unknown.value, TYPESET) == "未知代码 'BTCUSD'。您是想输入 'BTCUSDT' 吗？"
        assert error_text(unknown.value, PLAIN) == "Unknown symbol 'BTCUSD'. Did you mean 'BTCUSDT'?"
        with pytest.raises(CandorError) as none_such:
            Timeframe.parse("2m")
        assert error_text(none_such.value, TYPESET) == "未知周期 '2m'。请从中选择：15m, 1h, 4h, 1d。"
        full = CandorError(
            "The ledger in {path} cannot be used: the disk is full; free some space.", Path("/a/b/c/d/e.db")
        )
        assert error_text(full, TYPESET) == "c/d/e.db 中的账本无法使用：磁盘已满；请释放空间。"
        assert error_in_words("What nobody foresaw.") == "What nobody foresaw."
    assert error_in_words("the connection was refused") == "the connection was refused"


def test_what_is_the_matter_with_a_models_files_is_said_to_be_in_english() -> None:
    facts = UnusableFiles("BTCUSDT/15m: scaler.pkl is damaged.")
    assert problem_text(facts, TYPESET) == "BTCUSDT/15m: scaler.pkl is damaged."
    with speaking(Language.CHINESE):
        assert (
            problem_text(facts, TYPESET) == "模型文件无法使用。详细原因以英文说明：BTCUSDT/15m: scaler.pkl is damaged."
        )


def test_every_text_of_an_error_is_known_again_whatever_is_put_into_it() -> None:
    with speaking(Language.CHINESE):
        for message in messages():
            if any(is_of_an_error(path) for path, _ in message.locations):
                text = re.sub(r"\{(\d+)\}", r"<\1>", str(message.id))
                assert re.search(r"[\u4e00-\u9fff]", error_in_words(text)), text


def test_what_has_no_translation_is_said_in_english() -> None:
    text = "A text that no catalogue has, about {what}."
    with speaking(Language.CHINESE):
        assert say(text, what="nothing") == "A text that no catalogue has, about nothing."


def test_one_thing_is_told_from_many_where_a_language_does() -> None:
    assert [say_count("{count} coin", "{count} coins", n) for n in (0, 1, 5360)] == ["0 coins", "1 coin", "5,360 coins"]
    with speaking(Language.CHINESE):
        assert [say_count("{count} coin", "{count} coins", n) for n in (1, 5360)] == ["1 个币种", "5,360 个币种"]


def test_between_sentences_there_is_a_space_unless_the_full_stop_has_its_own() -> None:
    assert in_a_row("One.", "", "Two.") == "One. Two."
    assert in_a_row("一。", "二。") == "一。二。"
    assert in_a_row("") == ""


def test_names_and_percentages_stand_as_the_language_writes_them() -> None:
    assert (listed(["15m", "1h", "4h"]), listed([])) == ("15m, 1h, 4h", "")
    assert (TYPESET.share(0.482), PLAIN.share(0.482), percent_text(0.482)) == ("48.2\u00a0%", "48.2%", "48.2\u00a0%")
    with speaking(Language.CHINESE):
        assert listed(["15m", "1h", "4h"]) == "15m、1h、4h"
        assert (TYPESET.share(0.482), PLAIN.share(0.482), percent_text(0.482)) == ("48.2%", "48.2%", "48.2%")


def test_no_chinese_sentence_has_a_space_before_a_percent_sign_or_a_half_width_comma_between_its_words() -> None:
    for message in messages():
        for text in forms(message.string):
            assert not re.search(r"[\d}][ \u00a0]%(?!\{)|[\u4e00-\u9fff][,;:]|[,;][\u4e00-\u9fff]", text), text


def test_every_text_can_be_filled_by_python_or_by_the_browser() -> None:
    for message in messages():
        from_python = any(path.endswith(".py") for path, _ in message.locations)
        for text in (*forms(message.id), *forms(message.string)):
            if from_python and "%{" not in text:
                list(string.Formatter().parse(text))
