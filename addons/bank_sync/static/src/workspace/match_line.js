import { _t } from "@web/core/l10n/translation";
import { Chatter } from "@mail/chatter/web_portal/chatter";
import { formatCurrency } from "@web/core/currency";
import { deserializeDate, deserializeDateTime, formatDate, formatDateTime } from "@web/core/l10n/dates";

import { Component } from "@odoo/owl";

import { DraftTable } from "./draft_table";
import { ItemSearch } from "./item_search";
import { markParts } from "./mark_parts";

const STATES = {
    booked: { label: _t("Booked by itself"), tone: "success" },
    accepted: { label: _t("Booked by a person"), tone: "success" },
    manual: { label: _t("Booked by hand"), tone: "success" },
};

/** The chosen line: what the bank says, what may be booked, and the keys to decide. */
export class MatchLine extends Component {
    static template = "bank_sync.MatchLine";
    static components = { Chatter, DraftTable, ItemSearch };
    static props = {
        line: Object,
        draft: { type: [Object, { value: null }] },
        chosen: Number,
        presets: Array,
        busy: Boolean,
        searching: Boolean,
        chatter: Boolean,
        obstacle: [String, Boolean],
        call: Function,
        run: Function,
        chooseProposal: Function,
        open: Function,
    };

    get line() {
        return this.props.line;
    }

    get proposal() {
        return this.line.proposals[this.props.chosen];
    }

    get look() {
        return this.line.open ? undefined : STATES[this.line.state];
    }

    /** The remittance, each text cut where the chosen proposal recognises something. */
    get texts() {
        const spans = this.proposal ? this.proposal.spans : [];
        const items = this.proposal ? this.proposal.items : this.line.booked;
        const known = items.flatMap((item) => [item.name, item.ref]);
        return markParts(this.line.texts, spans, known);
    }

    money(amount, currencyId = this.line.currency_id) {
        return formatCurrency(amount, currencyId);
    }

    day(value) {
        return value ? formatDate(deserializeDate(value)) : "";
    }

    moment(value) {
        return value ? formatDateTime(deserializeDateTime(value), { showSeconds: false }) : "";
    }

    percent(score) {
        return `${Math.floor(1000 * score + 1e-6) / 10} %`;
    }

    /** What a proposal pays, in a few words. */
    summary(proposal) {
        const names = proposal.items.map((item) => item.name);
        return names.length > 3 ? `${names.slice(0, 3).join(", ")} +${names.length - 3}` : names.join(", ");
    }

    approvedText(proposal) {
        return _t("Accepted by %s, needs a second person", proposal.approved_by);
    }

    /** Where nothing is proposed, the search is what there is to do. */
    get showsSearch() {
        return Boolean(this.props.draft) && (this.props.searching || !this.line.proposals.length);
    }

    closeSearch() {
        if (this.props.searching) {
            this.props.run("escape");
        }
    }

    get acceptLabel() {
        if (!this.line.open) {
            return this.line.review ? _t("Right, next") : _t("Next");
        }
        return _t("Book and next");
    }
}
