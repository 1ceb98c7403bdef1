import difflib

from lxml import html

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.safe_eval import _BUILTINS

from ..core import placeholders

#: What the texts of collections speak about.
SUBJECT = "collection.touchpoint"
#: Names that formatted texts know besides those of every text.
_FORMATTED = ("json", "lang", "quote_plus", "time")
#: Mistakes named at once: who has mended these sees the others.
_MOST_NAMED = 5


class MailTemplate(models.Model):
    """The words of a step: an e-mail or letter, and the few words of the short channels.

    A text with a placeholder that cannot work is refused where it is written, with the place: a
    mistake must not wait for the night in which a customer should have been written to.
    """

    _inherit = "mail.template"

    collection_short_text = fields.Text(
        "In few words",
        translate=True,
        help="What a text message, a push message or the portal says. Empty: our own few words for"
        " the tone of the step. Link and, in text messages, the way to opt out are added where"
        " they are missing.",
    )
    collection_usage = fields.Char("Used by", compute="_compute_collection_usage")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Have every text of ours written in the customer's language, and kept as evidence."""
        ours = self.env["ir.model"]._get_id(SUBJECT)
        for vals in vals_list:
            if vals.get("model_id") == ours:
                vals["lang"] = vals.get("lang") or "{{ object.lang }}"
                vals["auto_delete"] = False
        return super().create(vals_list)

    # === COMPUTE METHODS === #

    @api.depends_context("lang", "company")
    def _compute_collection_usage(self):
        steps = self.env["collection.cadence.step"].search(
            [
                ("template_id", "in", self.ids),
                ("cadence_id.active", "=", True),
                ("cadence_id.company_id", "=", self.env.company.id),
            ]
        )
        by_template = steps.grouped("template_id")
        for template in self:
            names = [
                f"{step.cadence_id.display_name}: {step.name}"
                for step in by_template.get(template, ())
            ]
            template.collection_usage = ", ".join(names) or False

    # === CONSTRAINT METHODS === #

    @api.constrains("subject", "body_html", "collection_short_text", "model_id")
    def _check_collection_placeholders(self):
        """Refuse placeholders that cannot work, in whatever language they stand.

        :raise ValidationError: with text, language, line and reason of each mistake
        """
        for template in self.filtered(lambda one: one.model == SUBJECT):
            sentences = template._collection_mistakes()
            if sentences:
                raise ValidationError(
                    self.env._(
                        "The text “%(text)s” cannot be saved:\n%(mistakes)s",
                        text=template.name or "",
                        mistakes="\n".join(sentences[:_MOST_NAMED]),
                    )
                )

    # === ACTION METHODS === #

    def action_collection_preview(self):
        """Show this text as a customer who owes something would get it today."""
        return self.env["collection.text.preview"]._open(self)

    # === BUSINESS METHODS === #

    def _get_dynamic_field_names(self):
        """Have Odoo render the few words as well before it lets a text be saved."""
        return super()._get_dynamic_field_names() | {"collection_short_text"}

    def _collection_mistakes(self):
        """Return a sentence for each placeholder that cannot work."""
        self.ensure_one()
        seen, sentences = set(), []
        for code, language in self.env["res.lang"].get_installed():
            template = self.with_context(lang=code)
            for name, check in (
                ("subject", self._check_collection_line),
                ("body_html", self._check_collection_html),
                ("collection_short_text", self._check_collection_line),
            ):
                text = template[name]
                if not text or (name, text) in seen:
                    continue
                seen.add((name, text))
                place = self._fields[name]._description_string(self.env)
                sentences += [
                    self.env._(
                        "%(field)s (%(language)s), line %(line)s: %(reason)s",
                        field=place,
                        language=language,
                        line=mistake.line,
                        reason=self._collection_reason(mistake),
                    )
                    for mistake in check(text)
                ]
        return sentences

    @api.model
    def _check_collection_line(self, text):
        """Return the mistakes of a text without formats."""
        return placeholders.check_line(text, self._collection_names(), self._collection_lookup)

    @api.model
    def _check_collection_html(self, text):
        """Return the mistakes of a formatted text: its placeholders first, then its structure."""
        tree = html.fragment_fromstring(text, create_parent="div")
        names = dict.fromkeys(_FORMATTED, placeholders.ANYTHING) | self._collection_names()
        mistakes = placeholders.check_tree(_element(tree), names, self._collection_lookup)
        if not mistakes:
            try:
                self.env["ir.qweb"]._generate_code(tree)
            except Exception as error:  # noqa: BLE001 whatever the template compiler stumbles over
                cause = error.__cause__ or error
                mistakes.append(placeholders.Mistake("structure", str(cause).splitlines()[0]))
        return mistakes

    @api.model
    def _collection_names(self):
        """Return ``{name: kind}`` of what a placeholder may begin with."""
        names = dict.fromkeys((*_BUILTINS, *self._render_eval_context()), placeholders.ANYTHING)
        return {**names, "object": SUBJECT, "user": "res.users"}

    @api.model
    def _collection_lookup(self, kind, name):
        """Return the model a field leads to, ``None`` where there is no such field."""
        model = self.env[kind]
        field = model._fields.get(name)
        if field:
            return field.comodel_name or placeholders.ANYTHING
        return placeholders.ANYTHING if hasattr(model, name) else None

    @api.model
    def _collection_reason(self, mistake):
        """Return what is wrong with a placeholder, and what was perhaps meant."""
        env, expression, word = self.env, mistake.expression, mistake.word
        if mistake.code == "field":
            kind = env["ir.model"].sudo()._get(mistake.kind).name
            near = difflib.get_close_matches(word, env[mistake.kind]._fields, 1)
            reason = env._(
                "in “%(expression)s”, %(kind)s has no field “%(word)s”.",
                expression=expression,
                kind=kind,
                word=word,
            )
            if not near:
                return reason
            meant = env._("Is “%(near)s” meant?", near=near[0])
            return f"{reason} {meant}"
        reasons = {
            "syntax": env._(
                "“%(expression)s” is not a complete placeholder.", expression=expression
            ),
            "name": env._(
                "in “%(expression)s”, nothing is called “%(word)s”: placeholders begin with"
                " “object”.",
                expression=expression,
                word=word,
            ),
            "forbidden": env._(
                "in “%(expression)s”, “%(word)s” must not be used.",
                expression=expression,
                word=word,
            ),
            "structure": env._("the parts do not fit together: %(error)s", error=expression),
        }
        return reasons[mistake.code]


def _element(node):
    """Return a tag as the core knows it."""
    return placeholders.Element(
        node.tag,
        dict(node.attrib),
        node.sourceline or 1,
        tuple(_element(child) for child in node if isinstance(child.tag, str)),
    )
