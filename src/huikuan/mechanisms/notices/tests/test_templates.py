"""Templates: nothing in them is carried out, nothing put into them is read again, what is missing is named."""

from __future__ import annotations

import copy
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.notices.domain.template_check import Fault, faults
from huikuan.mechanisms.notices.domain.template_codes import CODES, KEYS
from huikuan.mechanisms.notices.domain.templates import LARGEST_LETTER, LONGEST_VALUE, NOTHING, filled, parts
from huikuan.mechanisms.notices.letters.messages import ELEMENTS, FAULTS, TITLES
from huikuan.mechanisms.notices.letters.shipped import shipped

#: What template languages carry out, each as somebody may type it into a name or a template.
HOSTILE = [
    "{{7*7}}",
    "{{ 7*'7' }}",
    "{{ company_name.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ request.user.password }}",
    "{{ customer_name|safe }}",
    "{{ customer_name|ljust:'999999999' }}",
    "{{ config.items() }}",
    "{{ self._TemplateReference__context.cycler.__init__.__globals__.os.popen('id').read() }}",
    "{% for x in range(10**9) %}A{% endfor %}",
    "{% include '/etc/passwd' %}",
    "{% debug %}",
    "{# {{ total }} #}",
    "${7*7} #{7*7} <%= 7*7 %> *{7*7} @(7*7)",
    "{{customer_name}}{{customer_uscc}}",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "%(total)s {total} $total {0.__class__}",
    "#read(\"/etc/passwd\") #panic() $ x $ *b* \\",
    "=HYPERLINK(\"http://example.com\")",
]  # fmt: skip


def test_the_shipped_texts_have_every_element() -> None:
    assert {code: faults(CODES[code], shipped(code)) for code in CODES} == {code: [] for code in CODES}


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_customer_is_called_stays_what_it_is(text: str) -> None:
    said = filled(
        "To {{customer_name}}, {{total}}", {"customer_name": text, "total": "1.00", "customer_uscc": "SECRET"}
    )
    assert said == f"To {tidy(text)}, 1.00"
    assert "SECRET" not in said


@pytest.mark.parametrize(
    "text", [one for one in HOSTILE if "{{" in one and one != "{{customer_name}}{{customer_uscc}}"]
)
def test_a_template_with_code_in_it_is_refused_at_its_place(text: str) -> None:
    if text.startswith("{#"):  # a comment is none here: what stands in it is a placeholder like any other
        assert "1.00" in filled(text, {"total": "1.00"})
        return
    document = copy.deepcopy(shipped("demand"))
    document["zh"]["letter"] += f"\n\n第二行 {text}"
    line = document["zh"]["letter"].count("\n") + 1
    (fault,) = faults(CODES["demand"], document)
    assert (fault.section, fault.code, fault.line, fault.column) == ("zh.letter", "placeholder_unknown", line, 5)


def test_code_of_other_languages_is_only_text() -> None:
    document = copy.deepcopy(shipped("demand"))
    for text in HOSTILE:
        if "{{" not in text:
            document["en"]["letter"] += f"\n\n{text}"
    assert faults(CODES["demand"], document) == []
    assert (
        parts(document["en"]["letter"], CODES["demand"].blocks, dict.fromkeys(CODES["demand"].names, "x"))[-1].text
        == (HOSTILE[-1])
    )


@given(st.text(max_size=200), st.text(alphabet="{}_% customer_name#|.", max_size=60))
def test_a_value_is_never_read_again(value: str, other: str) -> None:
    secret = "秘密-0f3a"
    said = filled("[{{a}}][{{b}}]", {"a": value + other, "b": other + value, "customer_name": secret, "name": secret})
    shown = [tidy(value + other) or NOTHING, tidy(other + value) or NOTHING]
    assert said == f"[{shown[0]}][{shown[1]}]"


@given(st.text(alphabet=st.sampled_from("{}ab \n#%|."), max_size=80))
def test_whatever_is_typed_a_template_is_checked_or_prints(text: str) -> None:
    """A text without faults of placing is filled with values of its placeholders alone."""
    document = copy.deepcopy(shipped("reminder"))
    document["en"]["letter"] += f"\n\n{text}"
    found = [one.code for one in faults(CODES["reminder"], document)]
    assert set(found) <= {"placeholder_unknown", "braces_open"}
    assert bool(found) == ("{{" in text)


def test_a_demand_that_spells_its_interest_out_itself_is_taken_as_before() -> None:
    document = copy.deepcopy(shipped("demand"))
    spelt = "计息依据：{{interest_basis}}。逾期利息为 {{currency}} {{interest}}。"
    document["zh"]["letter"] = document["zh"]["letter"].replace("{{interest_told}}", spelt)
    assert faults(CODES["demand"], document) == []


def test_a_heading_goes_with_what_stood_under_it() -> None:
    text = "To {{a}}\n\n# Interest\n\n{{told}}\n\n# Demand\n\nPay.\n\n# End"
    told = {at: [one.text for one in parts(text, (), {"a": "A", "told": at})] for at in ("", "1.00")}
    assert told[""] == ["To A", "Demand", "Pay.", "End"]
    assert told["1.00"] == ["To A", "Interest", "1.00", "Demand", "Pay.", "End"]


def test_each_element_that_is_taken_out_is_missed() -> None:
    """Every element of every letter, in both languages: its sentence or placeholder gone, the check names it."""
    for code in CODES.values():
        for key in KEYS.values():
            for element in code.elements:
                document = copy.deepcopy(shipped(code.code))
                letter = document[key]["letter"]
                for name in (*element.needs, element.told_by):
                    letter = letter.replace("{{" + name + "}}", "")
                if element.words:
                    letter = "\n\n".join(
                        one for one in letter.split("\n\n")
                        if not re.search(element.words[key], re.sub(r"\s+", "" if key == "zh" else " ", one), re.I)
                    )  # fmt: skip
                document[key]["letter"] = letter
                found = [one for one in faults(code, document) if one.code == "element_missing"]
                assert element.name in [one.about for one in found], (code.code, key, element.name)
                assert {one.section for one in found} == {f"{key}.letter"}


@pytest.mark.parametrize("section", ["letter", "mail", "sms", "im"])
def test_braces_with_nothing_between_them_stand_for_no_element(section: str) -> None:
    document = copy.deepcopy(shipped("reminder"))
    document["zh"][section] = "你好"
    without = faults(CODES["reminder"], document)
    assert {one.code for one in without} == {"element_missing"}
    document["zh"][section] = "你好{{}}"
    assert [one for one in faults(CODES["reminder"], document) if one.code == "element_missing"] == without


def test_a_missing_element_comes_with_a_sentence_that_would_do() -> None:
    document = copy.deepcopy(shipped("demand"))
    document["zh"]["letter"] = document["zh"]["letter"].replace("我公司保留依据合同及法律主张的一切权利。", "")
    assert faults(CODES["demand"], document) == [
        Fault("zh.letter", "element_missing", "reservation", fix="我公司保留依法主张的一切权利。")
    ]
    document["zh"]["letter"] += "\n\n我公司保留依法主张的一切权利。"
    assert faults(CODES["demand"], document) == []


def test_a_table_stands_alone_and_only_where_there_is_room_for_it() -> None:
    document = copy.deepcopy(shipped("reminder"))
    document["zh"]["letter"] += "\n\n见 {{items}}"
    document["zh"]["im"] += "{{items}}"
    document["en"]["subject"] = "a\nb {{signature}}"
    document["en"]["sms"] = "{{company_name}} pays"
    assert [(one.section, one.code) for one in faults(CODES["reminder"], document)] == [
        ("zh.letter", "block_not_alone"),
        ("zh.im", "block_misplaced"),
        ("en.subject", "subject_lines"),
        ("en.subject", "block_misplaced"),
        ("en.sms", "element_missing"),
    ]


@pytest.mark.parametrize(
    ("document", "codes"),
    [
        ({}, ["section_missing", "section_missing"]),
        ({"zh": {}, "en": "text"}, ["section_missing"] * 4),
        ({"zh": None, "en": None, "fr": {}}, ["language_unknown", "section_missing", "section_missing"]),
    ],
)
def test_a_document_that_is_none_is_told(document: dict[str, object], codes: list[str]) -> None:
    assert [one.code for one in faults(CODES["reminder"], document)] == codes


def test_every_name_in_the_lists_has_words() -> None:
    named = {element.name for code in CODES.values() for element in code.elements} | {"opt_out"}
    assert named == set(ELEMENTS)
    assert set(TITLES) == set(CODES)
    assert all(code.must <= code.names for code in CODES.values())
    assert "element_missing" not in FAULTS


def test_size_and_time_are_bounded() -> None:
    """A template of placeholders alone, each with the longest value, is refused before it is put together."""
    text = "{{a}}" * 4_000
    began = time.process_time()
    with pytest.raises(Refusal, match="letter_too_large"):
        filled(text, {"a": "界" * LONGEST_VALUE})
    assert len(filled("{{a}}" * 100, {"a": "界" * LONGEST_VALUE}).encode()) <= LARGEST_LETTER
    assert time.process_time() - began < 5  # a bound of sanity: it takes hundredths
    with pytest.raises(Refusal, match="letter_value_too_long"):
        filled("{{a}}", {"a": "x" * (LONGEST_VALUE + 1)})
    with pytest.raises(Refusal, match="letter_value_missing"):
        filled("{{a}}{{b}}", {"a": "x"})
