import time

from odoo import fields, models
from odoo.exceptions import UserError

from ..connectors.base import BankError
from ..connectors.oauth import OAuth
from ..connectors.oauth_answers import read_metadata
from ..connectors.oauth_tokens import StoredTokens
from ..connectors.oauth_values import AuthorisationServer, OAuthClient
from ..connectors.transport import check_address
from ..connectors.wire import Wire
from .bank_token_store import BankTokenStore
from .problems import problem_sentence

#: Where our own words are sent to: a change of one makes what was kept for the old one worthless.
ENDPOINTS = ("oauth_issuer", "oauth_token_endpoint", "oauth_par_endpoint", "base_url")


class BankConnection(models.Model):
    """How a connection signs in at the bank's OAuth server, and keeps its tokens alive."""

    _inherit = "bank.connection"

    auth_method = fields.Selection(
        [
            ("token", "A token the bank gave us, or nothing"),
            ("private_key_jwt", "OAuth: signed statement"),
            ("tls_client_auth", "OAuth: our certificate"),
            ("client_secret_basic", "OAuth: shared secret"),
        ],
        string="We Prove Ourselves By",
        required=True,
        default="token",
    )
    oauth_issuer = fields.Char(string="OAuth Issuer", help="The name the bank's server gives.")
    oauth_authorization_endpoint = fields.Char(string="Sign-In Page")
    oauth_token_endpoint = fields.Char(string="Token Endpoint")
    oauth_mtls_token_endpoint = fields.Char(string="Token Endpoint (Certificate)")
    oauth_par_endpoint = fields.Char(string="Request Endpoint (PAR)")
    oauth_mtls_par_endpoint = fields.Char(string="Request Endpoint (Certificate)")
    oauth_jwks_uri = fields.Char(string="Public Keys")
    oauth_names_itself = fields.Boolean(
        string="Callback Names the Issuer", default=True, help="RFC 9207. Leave on if in doubt."
    )
    oauth_client_id = fields.Char(string="Client ID", copy=False)
    oauth_key_id = fields.Char(string="Key ID", copy=False)
    oauth_scope = fields.Char(string="Scope", default="accounts", help="Of our own tokens.")
    oauth_sign_in = fields.Boolean(
        string="People Sign In There",
        default=True,
        help="On where the account holder approves by signing in at the bank's OAuth server; off "
        "where the bank shows a page of its own.",
    )
    oauth_signs_request = fields.Boolean(
        string="Sign-In Request Is Signed", help="RFC 9101; banks of FAPI 1 want it."
    )
    signing_key = fields.Char(
        compute="_compute_write_only",
        inverse="_inverse_signing_key",
        groups="bank_sync.group_manager",
        help="PEM without password. Kept encrypted. It can be replaced here, never read.",
    )
    client_secret = fields.Char(
        compute="_compute_write_only",
        inverse="_inverse_client_secret",
        groups="bank_sync.group_manager",
        help="Kept encrypted. It can be replaced here, never read.",
    )

    # === CRUD METHODS === #

    def write(self, vals):
        """Write; a secret given for one server is never sent to another.

        Tokens know themselves what they are good for (see ``BankTokenStore``).
        """
        moved = self.filtered(
            lambda connection: any(
                name in vals and connection[name] != vals[name] for name in ENDPOINTS
            )
        )
        for connection in moved.sudo():
            for purpose in ("client_secret", "sign_in"):
                self.env["bank.secret"]._store(connection, purpose, None)
        return super().write(vals)

    # === COMPUTE METHODS === #

    def _compute_write_only(self):
        self.signing_key = self.client_secret = False

    def _inverse_signing_key(self):
        self._store_written("signing_key")

    def _inverse_client_secret(self):
        self._store_written("client_secret")

    def _store_written(self, name):
        """Keep what was typed into a field that can only be written."""
        for connection in self:
            if connection[name]:
                self.env["bank.secret"]._store(connection, name, connection[name])
        self.invalidate_recordset([name])

    # === ACTIONS === #

    def action_read_oauth_metadata(self):
        """Fill in what the bank's OAuth server says about itself.

        :raise UserError: when it does not, or names another issuer
        """
        self.ensure_one()
        self.check_access("write")
        if not self.oauth_issuer:
            raise UserError(self.env._("Enter the OAuth issuer the bank gave you first."))
        try:
            check_address(self.oauth_issuer, self._insecure_hosts())
            server = read_metadata(self._oauth_wire(), self.oauth_issuer)
        except BankError as error:
            raise UserError(problem_sentence(self.env, error)) from error
        self.write(
            {
                "oauth_authorization_endpoint": server.authorization_endpoint,
                "oauth_token_endpoint": server.token_endpoint,
                "oauth_mtls_token_endpoint": server.mtls_token_endpoint,
                "oauth_par_endpoint": server.par_endpoint,
                "oauth_mtls_par_endpoint": server.mtls_par_endpoint,
                "oauth_jwks_uri": server.jwks_uri,
                "oauth_names_itself": server.names_itself,
            }
        )

    # === THE BANK === #

    def _transport_options(self):
        options = super()._transport_options()
        if self.auth_method != "token":
            options["token"] = self._tokens()
        return options

    def _tokens(self):
        """Return what gives this connection its tokens.

        :raise UserError: when the OAuth server has not been entered
        """
        self.ensure_one()
        return StoredTokens(
            OAuth(
                self._oauth_server(),
                self._oauth_client(),
                now=time.time,
                wire=self._oauth_wire(),
                insecure_hosts=self._insecure_hosts(),
            ),
            BankTokenStore(self),
            scope=self.oauth_scope or "",
            now=time.time,
            sign_in=self.oauth_sign_in,
        )

    def _oauth_server(self):
        if not (self.oauth_issuer and self.oauth_authorization_endpoint):
            raise UserError(
                self.env._("Enter the bank's OAuth server on the connection's page Access.")
            )
        return AuthorisationServer(
            issuer=self.oauth_issuer,
            authorization_endpoint=self.oauth_authorization_endpoint,
            token_endpoint=self.oauth_token_endpoint or "",
            par_endpoint=self.oauth_par_endpoint or None,
            mtls_token_endpoint=self.oauth_mtls_token_endpoint or None,
            mtls_par_endpoint=self.oauth_mtls_par_endpoint or None,
            jwks_uri=self.oauth_jwks_uri or None,
            names_itself=self.oauth_names_itself,
        )

    def _oauth_client(self):
        secrets = self.env["bank.secret"]
        return OAuthClient(
            client_id=self.oauth_client_id or "",
            redirect_uri=self._sign_in_callback(),
            auth_method=self.auth_method,
            key=secrets._reveal(self, "signing_key"),
            key_id=self.oauth_key_id or None,
            certificate=self._client_certificate(),
            signs_request=self.oauth_signs_request,
            secret=secrets._reveal(self, "client_secret"),
        )

    def _oauth_wire(self):
        return Wire(
            authorities=self.bank_authorities or None, certificate=self._client_certificate()
        )

    def _sign_in_callback(self):
        """Return the one address the bank knows as ours; it must match to the letter."""
        return f"{self.get_base_url()}/bank_sync/callback"

    def _sign_in_page(self, start, state):
        """Return the page where a person signs in to approve; nothing where none has to.

        :param start: ``ConsentStart`` of the adapter
        :param state: comes back with the person
        :raise BankError: when the OAuth server takes no request
        :raise UserError: when the bank wants a sign-in and we do not know where
        """
        if not start.oauth:
            return None
        if self.auth_method == "token":
            raise UserError(
                self.env._(
                    "This bank lets people approve by signing in at its OAuth server. Enter it on "
                    "the connection's page Access, then connect again."
                )
            )
        return self._tokens().start_login(start.oauth.scope, start.oauth.intent, state).url

    def _consent_bound_secrets(self):
        return (*super()._consent_bound_secrets(), "account_tokens", "sign_in")

    def _transition(self, target, *, problem_code=False, problem=False):
        """Move as always; a permission that is gone leaves one task, however often it is met."""
        result = super()._transition(target, problem_code=problem_code, problem=problem)
        if target == "attention" and problem_code == "relink":
            for connection in self:
                env = connection.with_context(lang=connection._responsible().lang).env
                summary = env._("Connect %(bank)s again", bank=connection.name)
                connection._ask_person("renew", summary, fields.Date.today(), problem or "")
        return result
