import { Component, onWillStart, useState } from "@odoo/owl";
import { formatCurrency } from "@web/core/currency";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloat } from "@web/core/utils/numbers";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { BarChart } from "./bar_chart";
import { activityConfig, agingConfig, COLORS } from "./charts";

/** From here on an axis shows amounts in short: 12k. */
const SHORT_FROM = 10000;

/**
 * What is open, what was said about it, and what needs a person: one look, one request. Every
 * figure that has records behind it leads to them.
 */
export class CollectionsDashboard extends Component {
    static template = "invoice_collections.Dashboard";
    static components = { BarChart, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.colors = COLORS;
        this.state = useState({ data: null });
        onWillStart(async () => {
            this.state.data = await this.orm.call("collection.dashboard", "get_data", []);
        });
    }

    get data() {
        return this.state.data;
    }

    get agingConfig() {
        return agingConfig(
            this.data.aging,
            (value) => this.money(value),
            (value) => this.shortMoney(value)
        );
    }

    get activityConfig() {
        return activityConfig(this.data.activity);
    }

    get hasAging() {
        return this.data.aging.some((bucket) => bucket.value);
    }

    get hasActivity() {
        return this.data.activity.some((day) => day.sent || day.held);
    }

    get mostFrequent() {
        return Math.max(...this.data.reasons.map((reason) => reason.count), 1);
    }

    money(value) {
        return formatCurrency(value, this.data.currency_id);
    }

    shortMoney(value) {
        return formatCurrency(value, this.data.currency_id, {
            digits: [16, 0],
            humanReadable: Math.abs(value) >= SHORT_FROM,
        });
    }

    tileValue(tile) {
        if (tile.value === false) {
            return "–";
        }
        if (tile.kind === "money") {
            return this.money(tile.value);
        }
        return formatFloat(tile.value, { digits: [16, tile.kind === "days" ? 1 : 0] });
    }

    onTile(tile) {
        if (tile.action) {
            this.action.doAction(tile.action);
        }
    }

    onCase(caseId) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "collection.case",
            res_id: caseId,
            views: [[false, "form"]],
        });
    }

    onAllCases() {
        this.action.doAction("invoice_collections.collection_case_action");
    }

    onInvoices() {
        this.action.doAction("account.action_move_out_invoice_type");
    }
}

registry.category("actions").add("invoice_collections.dashboard", CollectionsDashboard);
