import { formatCurrency } from "@web/core/currency";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { KeepLast } from "@web/core/utils/concurrency";
import { useDebounced } from "@web/core/utils/timing";

import { Component, onWillStart, useEffect, useRef, useState } from "@odoo/owl";

/** Pause after typing before items are searched, in milliseconds. */
const TYPING_PAUSE = 200;

/** Any open item of the company, found by number, name or amount, and added with Enter. */
export class ItemSearch extends Component {
    static template = "bank_sync.ItemSearch";
    static props = {
        line: Object,
        draft: Object,
        focus: Boolean,
        call: Function,
        close: Function,
    };

    setup() {
        const input = useRef("input");
        useEffect(
            (focus) => (focus ? input.el.focus() : undefined),
            () => [this.props.focus]
        );
        this.last = new KeepLast();
        this.state = useState({ text: "", items: [], index: 0, more: false });
        this.search = useDebounced(() => this.load(), TYPING_PAUSE);
        onWillStart(() => this.load());
    }

    async load() {
        const { line, draft } = this.props;
        const partnerId = draft.partner ? draft.partner.id : false;
        const found = await this.last.add(
            this.props.call("search_items", line.id, this.state.text, partnerId)
        );
        this.state.items = found.items;
        this.state.more = found.more;
        this.state.index = 0;
    }

    onInput(ev) {
        this.state.text = ev.target.value;
        this.search();
    }

    onKeydown(ev) {
        if (ev.key === "ArrowDown") {
            this.state.index = Math.min(this.state.index + 1, this.state.items.length - 1);
        } else if (ev.key === "ArrowUp") {
            this.state.index = Math.max(this.state.index - 1, 0);
        } else if (ev.key === "Enter") {
            this.add(this.state.items[this.state.index]);
        } else {
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
    }

    /** Add an item; once nothing is left over the search has done its work. */
    add(item) {
        const { draft } = this.props;
        if (!item) {
            return;
        }
        if (draft.has(item.id)) {
            draft.remove(item.id);
            return;
        }
        draft.add(item);
        if (!draft.rest) {
            this.props.close();
        }
    }

    money(item) {
        return formatCurrency(item.residual, item.currency_id);
    }

    day(item) {
        return item.due ? formatDate(deserializeDate(item.due)) : "";
    }
}
