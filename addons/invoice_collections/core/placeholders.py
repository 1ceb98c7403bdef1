"""What the placeholders of a text refer to, and which of them cannot work.

A text names fields in expressions: ``{{ object.partner_id.name }}`` in a line, ``t-out`` and its
like in a formatted text. Whoever writes one makes mistakes that show only when the text is
rendered for a customer; here they are found in the words alone, without a customer.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

#: A placeholder of a line, with what stands in for it when it is empty.
_INLINE = re.compile(r"\{\{(.+?)(\|\|\|\s*(.*?))?\}\}")
#: The same inside a formatted attribute, which knows the older spelling as well.
_FORMAT = re.compile(r"\{\{(.+?)\}\}|#\{(.+?)\}", re.DOTALL)

#: A value nobody knows anything about: its attributes are not looked at.
ANYTHING = ""
#: Methods of records that give records of the same kind.
_SAME = frozenset(
    [
        "browse",
        "exists",
        "filtered",
        "filtered_domain",
        "sorted",
        "sudo",
        "union",
        "with_company",
        "with_context",
    ]
)

#: Given a kind and the name of an attribute: the kind of its value, ``None`` where there is none.
Lookup = Callable[[str, str], str | None]


@dataclass(frozen=True, slots=True)
class Mistake:
    """``code`` is ``syntax``, ``name``, ``field`` or ``forbidden``; ``line`` counts from 1.

    ``word`` is what is wrong in the ``expression``, ``kind`` whose field it would be.
    """

    code: str
    expression: str
    word: str = ""
    kind: str = ""
    line: int = 1


@dataclass(frozen=True, slots=True)
class Element:
    """A tag of a formatted text: its attributes, the line it begins in, and what is inside it."""

    tag: str
    attributes: Mapping[str, str]
    line: int = 1
    children: tuple["Element", ...] = ()


def check_line(text: str, names: Mapping[str, str], lookup: Lookup) -> list[Mistake]:
    """Return the mistakes in the placeholders of a line, in their order.

    :param names: ``{name: kind}`` of what expressions may start with

    >>> def lookup(kind, name):
    ...     return {"name": ANYTHING, "boss": "person"}.get(name)
    >>> check_line("Hello {{ object.boss.nam }}", {"object": "person"}, lookup)
    [Mistake(code='field', expression='object.boss.nam', word='nam', kind='person', line=1)]
    >>> check_line("Hello {{ object.boss.name or", {"object": "person"}, lookup)[0].code
    'syntax'
    >>> check_line("Hello {{ object.boss.name ||| you }}", {"object": "person"}, lookup)
    []
    """
    mistakes = []
    for found in _INLINE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        mistakes += _check(found.group(1), names, lookup, line)[1]
    rest = _INLINE.sub("", text)
    for mark in ("{{", "}}"):
        if mark in rest:
            line = rest.count("\n", 0, rest.find(mark)) + 1
            mistakes.append(Mistake("syntax", _around(rest, mark), mark, line=line))
    return mistakes


def check_tree(root: Element, names: Mapping[str, str], lookup: Lookup) -> list[Mistake]:
    """Return the mistakes in the directives of a formatted text, in their order.

    Names that a text sets itself are known from there on.

    >>> inner = Element("t", {"t-out": "one.nam"}, line=3)
    >>> loop = Element("p", {"t-foreach": "object.team", "t-as": "one"}, 2, (inner,))
    >>> def lookup(kind, name):
    ...     return {"team": "person"}.get(name)
    >>> [found] = check_tree(loop, {"object": "person"}, lookup)
    >>> found.word, found.line
    ('nam', 3)
    """
    return list(_walk(root, dict(names), lookup))


def _walk(element: Element, names: dict[str, str], lookup: Lookup) -> Iterator[Mistake]:
    attributes = element.attributes
    if "t-foreach" in attributes:
        kind, mistakes = _check(attributes["t-foreach"], names, lookup, element.line)
        yield from mistakes
        _set_loop_names(attributes.get("t-as", ""), kind, names)
    for attribute, value in attributes.items():
        for expression in _expressions(attribute, value):
            yield from _check(expression, names, lookup, element.line)[1]
    for child in element.children:
        yield from _walk(child, names, lookup)
    if attributes.get("t-set"):
        value = attributes.get("t-value", "")
        names[attributes["t-set"]] = _check(value, names, lookup, 1)[0] if value else ANYTHING


def _set_loop_names(name: str, kind: str, names: dict[str, str]) -> None:
    if name:
        names[name] = kind
        for suffix in ("index", "size", "first", "last", "value", "odd", "even", "parity", "all"):
            names[f"{name}_{suffix}"] = ANYTHING


def _expressions(attribute: str, value: str) -> Iterator[str]:
    """Yield the expressions in one attribute of a tag."""
    if attribute.startswith(("t-attf-", "t-valuef")):
        for found in _FORMAT.finditer(value):
            yield found.group(1) or found.group(2)
    elif (
        attribute.startswith(("t-att", "t-options"))
        or attribute in ("t-out", "t-esc", "t-raw", "t-field", "t-if", "t-elif", "t-value", "t-key")
    ) and value:
        yield value


def _check(
    expression: str, names: Mapping[str, str], lookup: Lookup, line: int
) -> tuple[str, list[Mistake]]:
    """Return the kind of an expression's value, and its mistakes."""
    text = " ".join(expression.split())
    try:
        tree = ast.parse(f"({text})", mode="eval")
    except (SyntaxError, ValueError):
        return ANYTHING, [Mistake("syntax", text, line=line)]
    reader = _Reader(text, names, lookup, line)
    kind = reader.kind_of(tree.body)
    return kind, reader.mistakes


class _Reader:
    """Follows one expression from its names over its fields, and notes what leads nowhere."""

    def __init__(
        self, expression: str, names: Mapping[str, str], lookup: Lookup, line: int
    ) -> None:
        self.mistakes: list[Mistake] = []
        self._expression = expression
        self._names = dict(names)
        self._lookup = lookup
        self._line = line

    def kind_of(self, node: ast.AST) -> str:
        """Return the kind of a node's value; mistakes on the way are noted."""
        method = getattr(self, f"_kind_of_{type(node).__name__}", None)
        if method:
            kind: str = method(node)
            return kind
        for child in ast.iter_child_nodes(node):
            self.kind_of(child)
        return ANYTHING

    def _note(self, code: str, word: str, kind: str = "") -> str:
        self.mistakes.append(Mistake(code, self._expression, word, kind, self._line))
        return ANYTHING

    def _kind_of_Name(self, node: ast.Name) -> str:
        if node.id not in self._names:
            return self._note("name", node.id)
        return self._names[node.id]

    def _kind_of_Attribute(self, node: ast.Attribute) -> str:
        kind = self.kind_of(node.value)
        if node.attr.startswith("_"):
            return self._note("forbidden", node.attr)
        if not kind:
            return ANYTHING
        found = self._lookup(kind, node.attr)
        return self._note("field", node.attr, kind) if found is None else found

    def _kind_of_Subscript(self, node: ast.Subscript) -> str:
        kind = self.kind_of(node.value)
        self.kind_of(node.slice)
        if not kind or not isinstance(node.slice, ast.Constant):
            return kind if isinstance(node.slice, ast.Slice) else ANYTHING
        if not isinstance(node.slice.value, str):
            return kind
        found = self._lookup(kind, node.slice.value)
        return self._note("field", node.slice.value, kind) if found is None else found

    def _kind_of_Call(self, node: ast.Call) -> str:
        owner, method = ANYTHING, ""
        if isinstance(node.func, ast.Attribute):
            owner, method = self.kind_of(node.func.value), node.func.attr
            if method.startswith("_"):
                self._note("forbidden", method)
            elif owner and self._lookup(owner, method) is None:
                self._note("field", method, owner)
        else:
            self.kind_of(node.func)
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            if isinstance(argument, ast.Lambda):
                self._read_lambda(argument, owner)
            else:
                self.kind_of(argument)
        return owner if method in _SAME else ANYTHING

    def _kind_of_Lambda(self, node: ast.Lambda) -> str:
        return self._read_lambda(node, ANYTHING)

    def _read_lambda(self, node: ast.Lambda, kind: str) -> str:
        parameters = {argument.arg: kind for argument in node.args.args}
        return self._within(parameters, node.body)

    def _within(self, names: Mapping[str, str], *nodes: ast.AST) -> str:
        """Return the kind of the last node, read with more names than there are outside."""
        outside = self._names
        self._names = {**outside, **names}
        kind = ANYTHING
        for node in nodes:
            kind = self.kind_of(node)
        self._names = outside
        return kind

    def _read_comprehension(self, node: ast.AST) -> str:
        outside = dict(self._names)
        for part in node.generators:  # type: ignore[attr-defined]
            kind = self.kind_of(part.iter)
            for target in ast.walk(part.target):
                if isinstance(target, ast.Name):
                    self._names[target.id] = kind if part.target is target else ANYTHING
            for condition in part.ifs:
                self.kind_of(condition)
        for name in ("elt", "key", "value"):
            if hasattr(node, name):
                self.kind_of(getattr(node, name))
        self._names = outside
        return ANYTHING

    _kind_of_ListComp = _read_comprehension
    _kind_of_SetComp = _read_comprehension
    _kind_of_DictComp = _read_comprehension
    _kind_of_GeneratorExp = _read_comprehension

    def _kind_of_BoolOp(self, node: ast.BoolOp) -> str:
        return self._common([self.kind_of(value) for value in node.values])

    def _kind_of_IfExp(self, node: ast.IfExp) -> str:
        self.kind_of(node.test)
        return self._common([self.kind_of(node.body), self.kind_of(node.orelse)])

    @staticmethod
    def _common(kinds: list[str]) -> str:
        return kinds[0] if len(set(kinds)) == 1 else ANYTHING


def _around(text: str, mark: str) -> str:
    """Return the words around a mark."""
    at = text.index(mark)
    words = text[max(0, at - 20) : at + 20 + len(mark)]
    return " ".join(words.split())
