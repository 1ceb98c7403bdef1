"""What the conventions read: the tree's files and imports, as text. Nothing of the house is run."""

import ast
import functools
import pathlib

ROOT = pathlib.Path(__file__).parents[2]
ADDONS = ROOT / "addons"
ADDON_NAMES = sorted(manifest.parent.name for manifest in ADDONS.glob("*/__manifest__.py"))


def python_files(*folders):
    """Return the Python files below ``folders`` (all of the house's when none is named)."""
    folders = folders or (ADDONS, ROOT / "sandbox_bank", ROOT / "bin", ROOT / "tests")
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


@functools.cache
def tree(path):
    """Return the syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported_modules(path):
    """Return the dotted names that ``path`` imports; relative ones resolved inside the house.

    ``from . import x`` in ``addons/bank_sync/models/y.py`` gives ``addons.bank_sync.models.x``;
    ``odoo.addons.bank_sync`` gives ``addons.bank_sync``.
    """
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    names = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            names.update(f"{module}.{alias.name}" for alias in node.names)
    return {
        name.removeprefix("odoo.") if name.startswith("odoo.addons.") else name for name in names
    }


def manifest(addon):
    """Return an addon's manifest."""
    return ast.literal_eval((ADDONS / addon / "__manifest__.py").read_text(encoding="utf-8"))


def functions(path):
    """Yield ``(qualified name, node)`` of every function and method in a file."""

    def walk(node, prefix):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{prefix}{child.name}", child
            if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                yield from walk(child, f"{prefix}{child.name}.")

    yield from walk(tree(path), "")


def class_values(node):
    """Return ``{name: value node}`` of the assignments in a class body."""
    return {
        target.id: statement.value
        for statement in node.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }


def own_models(path):
    """Return ``(model name, base class names)`` of every class with a ``_name``."""
    return [
        (name.value, {base.attr for base in node.bases if isinstance(base, ast.Attribute)})
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef)
        and isinstance(name := class_values(node).get("_name"), ast.Constant)
    ]
