"""A placeholder that leads nowhere is found in the words alone, with the place where it stands."""

import pytest

from odoo.addons.invoice_collections.core.placeholders import (
    ANYTHING,
    Element,
    check_line,
    check_tree,
)

#: A small world: a letter has an addressee and items, an item has a label.
WORLD = {
    "letter": {"person": "person", "items": "item", "date": ANYTHING, "mapped": ANYTHING},
    "person": {"name": ANYTHING, "parent": "person"},
    "item": {"label": ANYTHING, "owner": "person", "filtered": ANYTHING},
}
NAMES = {"object": "letter", "format_date": ANYTHING, "len": ANYTHING}


def lookup(kind, name):
    return WORLD[kind].get(name)


def codes(text):
    return [(found.code, found.word) for found in check_line(text, NAMES, lookup)]


@pytest.mark.parametrize(
    "text",
    [
        "No placeholder at all, 100 % {sure}",
        "{{ object.person.name }}",
        "{{ object.person.parent.parent.name or 'x' }}",
        "{{ object.person.name ||| dear customer }}",
        "{{ format_date(object.date, 'long') }}",
        "{{ len(object.items.filtered(lambda item: item.owner.name)) }}",
        "{{ ', '.join(item.label for item in object.items) }}",
        "{{ object.items[0].owner['name'] }}",
        "{{ (object.person or object.person.parent).name }}",
        "{{ object.mapped('whatever').and_then.whatever }}",
    ],
)
def test_what_works_is_let_through(text):
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{{ object.persn.name }}", ("field", "persn")),
        ("{{ object.person.nam }}", ("field", "nam")),
        ("{{ objct.person }}", ("name", "objct")),
        ("{{ object.person. }}", ("syntax", "")),
        ("{{ object.person", ("syntax", "{{")),
        ("object.person }}", ("syntax", "}}")),
        ("{{ object\n.person }}", ("syntax", "{{")),
        ("{{ object._secret }}", ("forbidden", "_secret")),
        ("{{ object.person.__class__ }}", ("forbidden", "__class__")),
        ("{{ object.items.filtered(lambda item: item.lbl) }}", ("field", "lbl")),
        ("{{ [item.lbl for item in object.items] }}", ("field", "lbl")),
        ("{{ object.items[0]['lbl'] }}", ("field", "lbl")),
        ("{{ (object.person or object.person.parent).nam }}", ("field", "nam")),
        ("{{ item.label }}", ("name", "item")),
        ("{{ object.person.nosuch() }}", ("field", "nosuch")),
        ("{{ import os }}", ("syntax", "")),
    ],
)
def test_what_cannot_work_is_named(text, found):
    assert found in codes(text)


def test_every_mistake_says_its_line():
    text = "Dear {{ object.person.name }},\n\nplease pay {{ object.sum }}\nbefore {{ object.day }}"
    assert [(m.line, m.word) for m in check_line(text, NAMES, lookup)] == [(3, "sum"), (4, "day")]


@pytest.mark.parametrize(
    "attribute", ["t-out", "t-esc", "t-field", "t-if", "t-elif", "t-att-href", "t-options-digits"]
)
def test_directives_are_read(attribute):
    tree = Element("p", {}, 1, (Element("t", {attribute: "object.nothing"}, 7),))
    assert [(m.line, m.word) for m in check_tree(tree, NAMES, lookup)] == [(7, "nothing")]


def test_formatted_attributes_are_read_and_plain_ones_left_alone():
    tree = Element(
        "a",
        {"t-attf-href": "/x/{{ object.nothing }}/#{object.nix}", "class": "{{ object.what }}"},
    )
    assert [m.word for m in check_tree(tree, NAMES, lookup)] == ["nothing", "nix"]


def test_names_a_text_sets_itself_are_known_from_there_on():
    use = Element("t", {"t-out": "who.name"}, 2)
    wrong = Element("t", {"t-out": "who.nam"}, 3)
    setting = Element("t", {"t-set": "who", "t-value": "object.person"})
    assert [m.code for m in check_tree(Element("p", {}, 1, (use, setting)), NAMES, lookup)] == [
        "name"
    ]
    assert [m.word for m in check_tree(Element("p", {}, 1, (setting, wrong)), NAMES, lookup)] == [
        "nam"
    ]


def test_a_loop_names_what_it_runs_over():
    inside = Element("t", {"t-if": "not one_last", "t-out": "one.owner.nam"}, 4)
    tree = Element("p", {"t-foreach": "object.items", "t-as": "one"}, 2, (inside,))
    assert [(m.word, m.kind) for m in check_tree(tree, NAMES, lookup)] == [("nam", "person")]
