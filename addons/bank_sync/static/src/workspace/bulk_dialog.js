import { formatCurrency } from "@web/core/currency";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { useDebounced } from "@web/core/utils/timing";
import { formatInteger } from "@web/views/fields/formatters";

import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";

/**
 * Approve many proposals: the selected lines, or all of the filter from a score on. First it says
 * how many and how much; then it books batch by batch, and tells what was refused.
 */
export class BulkDialog extends Component {
    static template = "bank_sync.BulkDialog";
    static components = { Dialog };
    static props = {
        lineIds: Array,
        options: Object,
        call: Function,
        done: Function,
        close: Function,
    };

    setup() {
        this.alive = true;
        this.state = useState({
            selected: this.props.lineIds.length > 0,
            percent: 95,
            preview: { count: 0, amounts: [] },
            running: false,
            finished: false,
            booked: 0,
            seen: 0,
            waiting: 0,
            refused: [],
        });
        this.refresh = useDebounced(() => this.loadPreview(), 250);
        onWillStart(() => this.loadPreview());
        onWillUnmount(() => (this.alive = false));
    }

    get choice() {
        return this.state.selected
            ? { line_ids: this.props.lineIds }
            : { ...this.props.options, score: this.state.percent / 100 };
    }

    get count() {
        return formatInteger(this.state.preview.count);
    }

    get bookText() {
        return _t("Book (%s)", this.count);
    }

    get selectedText() {
        return _t("The best proposal of each selected line (%s)", this.props.lineIds.length);
    }

    get resultText() {
        const { booked, refused, waiting } = this.state;
        const numbers = { booked, refused: refused.length, waiting };
        return waiting
            ? _t("%(booked)s booked, %(refused)s left to decide, %(waiting)s wait for a second person.", numbers)
            : _t("%(booked)s booked, %(refused)s left to decide.", numbers);
    }

    get amounts() {
        return this.state.preview.amounts
            .map(({ amount, currency_id }) => formatCurrency(amount, currency_id))
            .join(" · ");
    }

    get progress() {
        return Math.min(100, Math.floor((100 * this.state.seen) / Math.max(1, this.state.preview.count)));
    }

    async loadPreview() {
        this.state.preview = await this.props.call("count_bulk", this.choice);
    }

    setSelected(selected) {
        this.state.selected = selected;
        return this.loadPreview();
    }

    onPercent(ev) {
        const percent = parseFloat(ev.target.value);
        if (percent >= 0 && percent <= 100) {
            this.state.percent = percent;
            this.refresh();
        }
    }

    /** Book batch by batch, each one safe by itself; closing the dialog stops after the batch. */
    async run() {
        this.state.running = true;
        let after = false;
        do {
            const result = await this.props.call("accept_bulk", this.choice, after);
            this.state.booked += result.booked.length;
            this.state.waiting += result.waiting.length;
            this.state.seen += result.booked.length + result.waiting.length + result.refused.length;
            this.state.refused.push(...result.refused);
            after = result.after;
        } while (after && this.alive);
        this.state.running = false;
        this.state.finished = true;
        await this.props.done();
    }
}
