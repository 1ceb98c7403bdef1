from odoo import models
from odoo.exceptions import UserError


class CollectionLifecycle(models.AbstractModel):
    """What has states that follow each other: refuses a step that is not foreseen."""

    _name = "collection.lifecycle"
    _description = "Lifecycle"

    #: State → states that may follow it; each model says its own.
    _transitions: dict[str, set[str]] = {}

    def _check_may_become(self, target):
        """Check that all records may move to ``target``.

        :raise UserError: when one record may not go there
        """
        refused = self.filtered(lambda record: target not in self._transitions[record.state])
        if refused:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(kind)s “%(record)s” is %(state)s and cannot become %(target)s.",
                    kind=self.env["ir.model"]._get(self._name).name,
                    record=refused[0].display_name,
                    state=labels[refused[0].state],
                    target=labels[target],
                )
            )
