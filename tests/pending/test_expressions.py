"""The reader of the rule language: what it takes, what it refuses, and that it reads what it writes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.facts.expression import (
    MOST_NESTED,
    OPERATORS,
    Attribute,
    Call,
    ExpressionError,
    Node,
    Number,
    Operation,
    Parameter,
    Prefixed,
    Text,
    Variable,
    Word,
    calls,
    parse,
    walk,
)
from fixtures.facts.expression_text import written

RESERVED = {"and", "or", "not"}
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,12}", fullmatch=True).filter(
    lambda name: name.casefold() not in RESERVED
)
ATTRIBUTES = st.from_regex(r"[A-Za-z][A-Za-z0-9_.\- ]{0,20}", fullmatch=True)
PARAMETERS = st.from_regex(r"[A-Za-z][A-Za-z0-9_.]{0,20}", fullmatch=True)
NUMBERS = st.one_of(
    st.integers(-(2**63), 2**63),
    st.decimals(-(10**6), 10**6, places=3).map(float),
)
LEAVES: st.SearchStrategy[Node] = st.one_of(
    st.text(max_size=20).map(Text),
    NUMBERS.map(Number),
    ATTRIBUTES.map(Attribute),
    PARAMETERS.map(Parameter),
    NAMES.map(Variable),
    NAMES.map(Word),
)


def above(below: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(Call, NAMES, st.lists(below, max_size=4).map(tuple)),
        st.builds(Operation, st.sampled_from(sorted(OPERATORS)), below, below),
        st.builds(Prefixed, st.sampled_from(["Not", "-"]), below),
    )


TREES = st.recursive(LEAVES, above, max_leaves=25)


@given(TREES)
@settings(max_examples=400, deadline=None)
def test_what_is_written_is_read_as_the_same_tree(tree: Node) -> None:
    assert parse(written(tree)) == tree


@given(TREES)
@settings(max_examples=100, deadline=None)
def test_spaces_and_line_breaks_between_tokens_mean_nothing(tree: Node) -> None:
    assert parse(f"\r\n\t{written(tree)} \n") == tree


@given(st.text(max_size=60))
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_or_refused_and_never_something_else(text: str) -> None:
    try:
        tree = parse(text)
    except ExpressionError:
        return
    assert parse(written(tree)) == tree


REAL = [
    '"CN={" & ConvertToUTF8Hex([sourceAnchor]) & "}"',
    "IIF(IsPresent([isCriticalSystemObject]),True,NULL)",
    "IIF(IsNullOrEmpty([title]),AuthoritativeNull,Trim([title]))",
    'IIF([extensionAttribute7] = "External", NULL, [userPrincipalName])',
    "IIF(BitAnd([userAccountControl],2)<>0,False,True)",
    "IIF(BitAnd([groupType],&H80000000)=0,False,True)",
    '[sAMAccountName] & "@" & %Domain.FQDN%',
    'IIF(IsPresent([sn]) && IsPresent([givenName]),[sn] & ", " & [givenName],[cn])',
    'IIF((Left([sAMAccountName],5) = "test_") || (InStr([description],"no-sync") > 0),True,NULL)',
    'IIF(InStr([proxyAddresses],"SIP:")=1,NULL,[proxyAddresses])',
    'Word([proxyAddresses],1,"@") & "@contoso.com"',
    'Replace(Replace([displayName],"""","")," - Contractor","")',
    'Switch([co],"United States","en-US","Deutschland","de-DE")',
    'Left(Trim([displayName]),64) & IIF(Len([department])>0," (" & [department] & ")","")',
    "RemoveDuplicates(Trim(ImportedValue([proxyAddresses])))",
    "With($live,Where([userCertificate],$item,CertNotAfter($item)>Now()),IIF(Count($live)>0,$live,AuthoritativeNull))",
    "Select([proxyAddresses],$item,LCase($item))",
    'FormatDateTime(DateFromNum([accountExpires]),"yyyy-MM-dd")',
    'DateAdd("d",-30,Now())',
    'IIF(DateFromNum([lastLogonTimestamp]) < DateAdd("d",-90,Now()),"stale","live")',
    "ConvertToBase64([objectGUID])",
    "CStr(CNum([employeeNumber]) + 100000)",
    'IIF(IsPresent([msExchRecipientTypeDetails]),IIF([msExchRecipientTypeDetails] = 2,NULL,"shared"),NULL)',
    "DNComponent(CRef([dn]),1)",
    'IIF(InStr(CStr([dn]),"\\\\0ACNF:")>0,True,NULL)',
    '"Line one" & CRLF & "Line two"',
    "2*(5+3)",
    "Guid()",
    'IIF(CBool([extensionAttribute1]) Or Not IsString([mail]), Error("no mail"), [mail])',
    'RegexReplace([telephoneNumber],"[^0-9+]","")',
    'Join(Split([description],";"),", ")',
    'IIF((ValueCount("member")> 75000),Error("too many"),IgnoreThisFlow)',
    'IIF(([memberCount]> 50000),Error("too many"),IgnoreThisFlow)',
    'IIF(IsPresent([msDS-ExternalDirectoryObjectId]),[msDS-ExternalDirectoryObjectId],"User_" & [cloudAnchor])',
    'IIF([accountEnabled] = False And [employeeType] <> "Service", True, NULL)',
    'PadLeft(CStr([employeeID]),8,"0")',
    "IIF(IsPresent([thumbnailPhoto]), [thumbnailPhoto], IgnoreThisFlow)",
    'IIF(Contains([proxyAddresses],"smtp:")>=1,True,False)',
    'Mid([distinguishedName],InStr([distinguishedName],"OU=")+3,20)',
    "%Connector.ID%",
]  # fmt: skip


@pytest.mark.parametrize("text", REAL)
def test_an_expression_of_everyday_rules_is_read_and_written_to_the_same(text: str) -> None:
    tree = parse(text)
    assert parse(written(tree)) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("1 + 2 * 3", Operation("*", Operation("+", Number(1), Number(2)), Number(3))),
        ("1 + (2 * 3)", Operation("+", Number(1), Operation("*", Number(2), Number(3)))),
        ("[a] = 1 And [b]", Operation("&&", Operation("=", Attribute("a"), Number(1)), Attribute("b"))),
        ("Not True Or False", Operation("||", Prefixed("Not", Word("True")), Word("False"))),
        ("Not (True Or False)", Prefixed("Not", Operation("||", Word("True"), Word("False")))),
        ("NOT IsPresent([a])", Prefixed("Not", Call("IsPresent", (Attribute("a"),)))),
        ("&HFF", Number(255)),
        ("[a]&Hash([b])", Operation("&", Attribute("a"), Call("Hash", (Attribute("b"),)))),
        ("BitAnd([a],&h10)", Call("BitAnd", (Attribute("a"), Number(16)))),
        ("-5", Number(-5)),
        ("[a]-5", Operation("-", Attribute("a"), Number(5))),
        ("[a] - -5", Operation("-", Attribute("a"), Number(-5))),
        ("-[a]", Prefixed("-", Attribute("a"))),
        ('"say ""no"""', Text('say "no"')),
        ('""', Text("")),
        ("$item", Variable("item")),
        ("%Forest.Netbios%", Parameter("Forest.Netbios")),
        ("Now()", Call("Now", ())),
    ],
)
def test_a_form_has_its_tree(text: str, tree: Node) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "an operand was expected"),
        ("IIF([a],1,2", "expected before 'the end'"),
        ("IIF([a],,2)", "an operand was expected before ','"),
        ("[a] [b]", "something follows the expression"),
        ("[a] = = 1", "an operand was expected before '='"),
        ('"open', "is not understood"),
        ("\u201cmember\u201d", "a curly quote"),
        ("Error(\u2018no\u2019)", "a curly quote"),
        ("'text'", "is not understood"),
        ("12abc", "is not understood"),
        ("[a][", "is not understood"),
        ("(" * 400 + "1" + ")" * 400, f"more than {MOST_NESTED} levels"),
        ("f(" * 400 + "1" + ")" * 400, f"more than {MOST_NESTED} levels"),
    ],
)
def test_what_is_not_the_language_is_refused(text: str, why: str) -> None:
    with pytest.raises(ExpressionError, match=why.replace("(", r"\(")):
        parse(text)


def test_a_long_chain_of_operators_is_no_nesting() -> None:
    tree = parse(" & ".join(["[a]"] * 500))
    assert sum(1 for node in walk(tree) if isinstance(node, Attribute)) == 500


def test_calls_are_found_wherever_they_stand() -> None:
    assert len(list(calls(parse('IIF(Not Error("a"), -Error("b") & error("c"), Errors("d"))'), "ERROR"))) == 3
