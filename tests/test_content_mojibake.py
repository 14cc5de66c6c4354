"""Text that was decoded wrongly: found, judged, mended; and text that was not, left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedkeep.content import mojibake

ER, OMEGA = "\u0420", "\u0460"


@pytest.mark.parametrize(
    ("damaged", "meant"),
    [
        ("donâ€™t", "don’t"),
        ("â€œFogâ€\x9d is slow", "“Fog” is slow"),
        ("â€œFogâ€ is slow", "“Fog” is slow"),
        ("cafÃ© au lait", "café au lait"),
        ("cafÃƒÂ©", "café"),
        ("voilÃ\xa0 la pluie", "voilà la pluie"),
        ("5Â°C", "5°C"),
        ("wait \x85 what\x92s this", "wait … what’s this"),
        ("ÐŸÑ€Ð¸Ð²ÐµÑ‚", "Привет"),
        ("РџСЂРёРІРµС‚", "Привет"),
        ("good ðŸ˜€", "good 😀"),
        (f"Mara {ER}voiced, grey {ER}develops", "Mara – voiced, grey – develops"),
        (f"Mara {OMEGA}voiced", "Mara — voiced"),
        (f"grey{ER}blue", "grey– blue"),
        (f"grey {ER} blue", "grey – blue"),
        (f"”{ER}“", "”– “"),
        (f"one {ER}voiced {'x ' * 400} {ER}and", f"one – voiced {'x ' * 400} – and"),
    ],
)
def test_damage_is_mended(damaged: str, meant: str) -> None:
    assert mojibake.repair(damaged) == meant


@pytest.mark.parametrize(
    "clean",
    [
        "",
        "plain words",
        "“MAÇÔ, “NÃO”, “MAÇÃ”",
        "« voilà\xa0», dit-elle\xa0: «\xa0à »",
        "„Spaß“ – groß, Straße",
        "ñandú, naïve, l’été, Æsir, Ærø, Łódź, şair, İstanbul",
        "Привет, мир! Рита — хорошая девочка № 5.",
        f"Рита и {ER}rest; {ER}voiced",
        f"Roman {ER}. Polanski and {ER}aul",
        f"Prices: {ER}500",
        f"an {ER}DF file",
        "Русский текст, в котором Paris и Roma стоят рядом. Р. S. Р&D",
        "価格は１００円、映画『雨』。",
        "👏🏽 👨‍👩‍👧 🏳️‍🌈",
        "½ × ¾ ÷ € £ ¥ © ® ™ § ¶ † ‡ • … – — ‘x’ “y”",
        "fiancé\u0301e ﬁne ＡＢＣ ｶﾅ",
        "a\u2028b\x0bc",
    ],
)
def test_clean_text_stays(clean: str) -> None:
    assert mojibake.repair(clean) == clean


@pytest.mark.parametrize(
    ("text", "confidence"),
    [
        ("donâ€™t", 0.99),
        ("cafÃ©", 0.95),
        ("Ã la carte", 0.7),
        ("“MAÇÃ”", 0.3),
        ("áœ”", 0.3),
        ("æ–‡å\xad—", 0.99),
        ("â€œFogâ€ is", 0.8),
        ("what\x92s", 0.95),
        ("a\x85b", 0.5),
        (f"Mara {ER}voiced", 0.9),
        (f"Mara {ER}voiced {ER}voiced", 0.95),
        (f"grey{ER}blue", 0.7),
        (f"grey {ER} blue", 0.6),
        (f"Hi {ER}aul", 0.45),
        (f"now {ER}500", 0.3),
        (f"Mara {ER}voiced {'x ' * 200} жизнь", 0.45),
    ],
)
def test_confidence_is_as_documented(text: str, confidence: float) -> None:
    assert mojibake.find(text)[-1].confidence == confidence


@pytest.mark.parametrize("text", [f"Mara {ER}voiced in жизнь", f"Р{ER}voiced", f"{ER}voiced {'я ' * 3}"])
def test_other_cyrillic_close_by_speaks_for_a_letter(text: str) -> None:
    assert mojibake.find(text) == ()


def test_damage_says_where_it_is() -> None:
    text = f"It’s fine, itâ€™s cafÃ© {ER}voiced\x85"
    found = mojibake.find(text)
    assert [text[damage.start : damage.end] for damage in found] == [damage.found for damage in found]
    assert [damage.repaired for damage in found] == ["’", "é", "– ", "…"]
    assert all(damage.why for damage in found)


def test_tags_are_left_alone_where_there_is_markup() -> None:
    html = '<a href="/cafÃ©" title="cafÃ©">cafÃ©</a><!-- cafÃ© -->'
    assert mojibake.repair(html, markup=True) == '<a href="/cafÃ©" title="cafÃ©">café</a><!-- cafÃ© -->'
    assert mojibake.repair(f"<b>Mara</b> {ER}<i>voiced</i>", markup=True) == "<b>Mara</b> – <i>voiced</i>"


LATIN = st.sampled_from(
    """cœur sœur œuvre Œdipe bœuf myslíš máš víš chceš můžeš řekneš muž kříž až už Žižek Spaß groß Straße voilà déjà où été
    français garçon señor mañana niño São João ação NÃO AÇÃO CORAÇÃO MAÇÃ IRMÃ irmã maçã avó às à É À ÂGE ÊTRE şiir
    ığdır Łódź żółć źdźbło Ærø Ångström smörgås hyvää päivää Björk þú það Ætt ÉTÉ FORÊT ŒUVRE DÉJÀ VOILÀ ÇA È PERCHÉ
    CITTÀ più fără ÎN ÎNTÂI și România SZABÓ tűz őr GROẞ fog slow the naïve café""".split()  # noqa: SIM905 — words in a row are read more easily
)
CYRILLIC = st.text(alphabet="абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ", min_size=1, max_size=8)
WORD = st.one_of(
    LATIN,
    CYRILLIC,
    CYRILLIC.map(str.capitalize),
    st.text(alphabet="映画雨余白日本語カタカナひらがな한국어", min_size=1, max_size=5),
    st.sampled_from(["😀", "👏🏽", "🌧️", "2014", "№", "100°", "€5", "½"]),
)
CLEAN = st.lists(
    st.tuples(
        st.sampled_from(["", "“", "‘", "(", "«\xa0"]),
        WORD,
        st.sampled_from(["", ".", ",", "”", "’", "\xa0»", " –", "…", "!", ")"]),
    ),
    max_size=12,
).map(lambda parts: " ".join(f"{before}{word}{after}" for before, word, after in parts))


@given(CLEAN)
def test_sentences_of_any_script_stay(clean: str) -> None:
    assert mojibake.repair(clean) == clean


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_ascii_stays(clean: str) -> None:
    assert mojibake.find(clean) == ()


PROSE = st.lists(
    st.sampled_from(["don’t", "café", "“Fog”", "—", "naïve", "slow", "für", "año…"]), min_size=1, max_size=8
).map(" ".join)


@given(PROSE)
def test_what_was_read_as_windows_1252_comes_back(text: str) -> None:
    damaged = "".join(
        bytes([byte]).decode("cp1252") if byte not in {0x81, 0x8D, 0x8F, 0x90, 0x9D} else chr(byte)
        for byte in text.encode()
    )
    assert mojibake.repair(damaged) == text


SOUP = st.text(alphabet=st.sampled_from("aé â€™œ\x9dÃ©Â\xa0РѠж <>\n“”\x85\x92\ufffd😀\ud800"), max_size=40)


@given(text=SOUP | st.text(), markup=st.booleans())
def test_findings_are_in_order_and_apart_and_true(text: str, *, markup: bool) -> None:
    at = 0
    for damage in mojibake.find(text, markup=markup):
        assert at <= damage.start < damage.end <= len(text)
        assert text[damage.start : damage.end] == damage.found != damage.repaired
        assert 0 < damage.confidence < 1
        at = damage.end
