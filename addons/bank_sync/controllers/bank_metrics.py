import hmac

from odoo import fields, http
from odoo.http import request
from odoo.tools import config

from ..models.bank_metrics import BankMetrics

#: odoo.conf option: who may read the metrics. Without it they do not exist.
METRICS_OPTION = "bank_sync_metrics_token"


class BankMetricsController(http.Controller):
    """Numbers on all feeds for a monitoring system that shows the configured token."""

    @http.route(
        "/bank_sync/metrics",
        type="http",
        auth="public",
        methods=["GET"],
        readonly=True,
        save_session=False,
    )
    def metrics(self):
        """Return the metrics in the text format of Prometheus; 404 to everybody else."""
        token = config.get(METRICS_OPTION) or ""
        shown = request.httprequest.headers.get("Authorization", "").removeprefix("Bearer ")
        if not token or not hmac.compare_digest(shown.encode(), token.encode()):
            raise request.not_found()
        text = BankMetrics(request.env(su=True), fields.Datetime.now()).text()
        headers = [
            ("Content-Type", "text/plain; version=0.0.4; charset=utf-8"),
            ("Cache-Control", "no-store"),
        ]
        return request.make_response(text, headers)
