import { formatCurrency, getCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { formatFloat } from "@web/core/utils/numbers";
import { parseMonetary } from "@web/views/fields/parsers";

import { Component } from "@odoo/owl";

/** What will be booked, row by row, each amount open to change; what is left over below. */
export class DraftTable extends Component {
    static template = "bank_sync.DraftTable";
    static props = { draft: Object, presets: Array, run: Function, open: Function };

    get draft() {
        return this.props.draft;
    }

    get preset() {
        return this.props.presets.find((one) => one.id === this.draft.presetId);
    }

    get writeOffText() {
        return this.preset ? _t("Written off: %s", this.preset.name) : _t("Written off");
    }

    /** A payment that comes back: its items are open again. */
    get isReturn() {
        return this.draft.kind === "return";
    }

    get openText() {
        return this.isReturn ? _t("is open again") : _t("stays open");
    }

    get feeText() {
        if (this.draft.kind === "payout") {
            return _t("Kept by the processor");
        }
        return this.isReturn ? _t("Charges of the bank") : _t("Bank charges the payer deducted");
    }

    get creditText() {
        if (this.draft.kind === "transfer") {
            return _t("Moves between our own accounts");
        }
        return _t("Stays as credit of %s", this.draft.partner ? this.draft.partner.name : "?");
    }

    get keepText() {
        return _t("Credit of %s", this.draft.partner.name);
    }

    money(amount, currencyId = this.draft.currencyId) {
        return formatCurrency(amount, currencyId);
    }

    number(amount, currencyId = this.draft.currencyId) {
        return formatFloat(amount, { digits: getCurrency(currencyId)?.digits || [16, 2] });
    }

    day(value) {
        return value ? formatDate(deserializeDate(value)) : "";
    }

    /** Take what was typed; what is no number changes nothing. */
    typed(ev, take) {
        try {
            take(parseMonetary(ev.target.value, { allowOperation: true }));
        } catch {
            // The old amount is shown again by the next rendering.
        }
        this.render();
    }

    closeRest() {
        this.draft.leftOpen = false;
    }

    onKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            ev.stopPropagation();
            ev.target.blur();
        }
    }
}
