import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..connectors.base import Permanent

#: Code of the refusal to talk to a bank from a copy of the database.
COPIED = "copied_database"


class BankConnection(models.Model):
    """A copy of a database must not read the bank, and must not send anything to it.

    The permission was given to one database. Its mark is made of Odoo's database uuid, the
    database's name and the PostgreSQL cluster it lives in, so that a restored backup is another
    one even where nobody neutralised it. A person can say that this one is the real one.
    """

    _inherit = "bank.connection"

    database_mark = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    suspended_from = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)

    @api.model
    def _derived_fields(self):
        return super()._derived_fields() | {"database_mark", "suspended_from"}

    @api.model
    def _database_mark(self):
        """Return what tells this database from every copy of it."""
        self.env.cr.execute(
            SQL(
                """
                SELECT current_database(),
                       CASE WHEN has_function_privilege('pg_control_system()', 'execute')
                            THEN (SELECT system_identifier::text FROM pg_control_system())
                       END
                """
            )
        )
        name, cluster = self.env.cr.fetchone()
        uuid = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        return hashlib.sha256(f"{uuid}\n{name}\n{cluster}".encode()).hexdigest()

    def _stamp(self):
        """Note that this database is the one the bank's permission is given to."""
        self.sudo().database_mark = self._database_mark()

    def _is_copied(self):
        """Return whether the permission was given to another database."""
        self.ensure_one()
        mark = self.sudo().database_mark
        return bool(mark) and mark != self._database_mark()

    def _adapter(self):
        """Return the adapter, unless this is a copy of the database.

        :raise Permanent: in a copy; nothing is sent
        """
        if self._is_copied():
            raise Permanent(COPIED, "The permission was given to another database.")
        return super()._adapter()

    @api.model
    def _suspend_copies(self):
        """Suspend the connections that were made in another database; nothing is asked or sent."""
        mark = self._database_mark()
        copied = self.sudo().search(
            [
                ("database_mark", "not in", [False, mark]),
                ("state", "in", ["active", "attention", "authorizing"]),
            ]
        )
        for connection in copied:
            connection.suspended_from = connection.state
        copied._transition(
            "suspended",
            problem_code=COPIED,
            problem=self.env._(
                "This database is a copy of the one the bank gave its permission to. Nothing is "
                "read or sent."
            ),
        )
        return copied

    def action_confirm_database(self):
        """Let a manager say that this database has replaced the one it was copied from."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "suspended":
            raise UserError(self.env._("This connection is not suspended."))
        self._stamp()
        before = self.sudo().suspended_from
        self._transition(before if before in {"active", "attention"} else "attention")
        self.env["bank.outbox"]._doubt_waiting(self)
