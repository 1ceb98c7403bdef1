import { _t } from "@web/core/l10n/translation";
import { formatCurrency } from "@web/core/currency";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { humanNumber } from "@web/core/utils/numbers";
import { useDebounced } from "@web/core/utils/timing";
import { formatInteger } from "@web/views/fields/formatters";

import { Component } from "@odoo/owl";

const FILTERS = [
    { key: "review", label: _t("To review") },
    { key: "exception", label: _t("Exceptions") },
    { key: "auto", label: _t("Booked today") },
    { key: "mine", label: _t("Mine") },
    { key: "all", label: _t("All") },
];

const ORDERS = [
    { key: "newest", label: _t("Newest first") },
    { key: "oldest", label: _t("Oldest first") },
    { key: "largest", label: _t("Largest first") },
    { key: "surest", label: _t("Surest first") },
];

/** What stands where a row's score stands, once it is no longer a question of score. */
const STATES = {
    booked: { icon: "fa-bolt", label: _t("Booked by itself") },
    accepted: { icon: "fa-check", label: _t("Booked by a person") },
    manual: { icon: "fa-check", label: _t("Booked by hand") },
};

/** From here on a count beside a filter is shown in short: 35k. */
const SHORT_FROM = 10000;

/** Pause after typing before the queue is searched, in milliseconds. */
const TYPING_PAUSE = 300;

/** The lines on the left: filters, search, one page of rows. */
export class MatchQueue extends Component {
    static template = "bank_sync.MatchQueue";
    static props = {
        queue: Object,
        options: Object,
        journals: Array,
        page: Number,
        lineId: [Number, Boolean],
        checked: Object,
        setFilter: Function,
        setOptions: Function,
        select: Function,
        toggle: Function,
        toggleAll: Function,
        turnPage: Function,
        bulk: Function,
        assign: Function,
        help: Function,
    };

    setup() {
        this.filters = FILTERS;
        this.orders = ORDERS;
        this.states = STATES;
        this.search = useDebounced((text) => this.props.setOptions({ text }), TYPING_PAUSE);
    }

    get rows() {
        return this.props.queue.rows;
    }

    get checkedCount() {
        return this.rows.filter((row) => this.props.checked[row.id]).length;
    }

    get last() {
        return this.props.queue.offset + this.rows.length;
    }

    /** The group a row opens in the exceptions; elsewhere rows are not grouped. */
    groupOf(index) {
        if (this.props.options.filter !== "exception") {
            return undefined;
        }
        const { reason } = this.rows[index];
        if (index && this.rows[index - 1].reason === reason) {
            return undefined;
        }
        return this.props.queue.groups.find((group) => group.reason === reason);
    }

    money(row) {
        return formatCurrency(row.amount, row.currency_id);
    }

    get selectedText() {
        return _t("%s selected", this.checkedCount);
    }

    integer(value) {
        return formatInteger(value);
    }

    count(value) {
        return value < SHORT_FROM ? formatInteger(value) : humanNumber(value);
    }

    day(row) {
        return row.date ? formatDate(deserializeDate(row.date), { format: "d LLL" }) : "";
    }

    percent(row) {
        return `${Math.floor(1000 * row.score + 1e-6) / 10} %`;
    }

    look(row) {
        return row.open ? undefined : STATES[row.state];
    }

    initials(name) {
        return name
            .split(/\s+/)
            .slice(0, 2)
            .map((word) => word[0])
            .join("")
            .toUpperCase();
    }

    onJournal(ev) {
        return this.props.setOptions({ journal: parseInt(ev.target.value) || false });
    }

    onOrder(ev) {
        return this.props.setOptions({ order: ev.target.value });
    }

    onSearchKey(ev) {
        if (ev.key === "Enter") {
            ev.target.blur();
            this.props.setOptions({ text: ev.target.value });
        }
    }

    chooseReason(group) {
        const same = "reason" in this.props.options && this.props.options.reason === group.reason;
        return this.props.setOptions({ reason: same ? undefined : group.reason });
    }
}
