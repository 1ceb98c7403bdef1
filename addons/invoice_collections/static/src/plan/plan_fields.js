import { Component, useState } from "@odoo/owl";
import { formatCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { PlanChart } from "./plan_chart";
import { dayText, lineColor, owedConfig, PARTS, scheduleConfig } from "./plan_chart_configs";

/** From here on an axis shows amounts in short: 12k. */
const SHORT_FROM = 10000;

/** A Json field with figures of plans, all in the currency it names. */
class PlanField extends Component {
    static components = { PlanChart };
    static props = { ...standardFieldProps };

    get chart() {
        return this.props.record.data[this.props.name] || null;
    }

    get figures() {
        return JSON.stringify(this.chart);
    }

    money(value) {
        return formatCurrency(value, this.chart.currency_id);
    }

    shortMoney(value) {
        return formatCurrency(value, this.chart.currency_id, {
            digits: [16, 0],
            humanReadable: Math.abs(value) >= SHORT_FROM,
        });
    }

    day(day) {
        return dayText(day);
    }
}

/** Several ways to pay, beside each other: what is owed when, and the schedule of one of them. */
export class PlanComparison extends PlanField {
    static template = "invoice_collections.PlanComparison";

    setup() {
        this.state = useState({ shown: 0 });
    }

    /** Where the record has a choice to make, the schedule shown is the one that is chosen. */
    get isChoice() {
        return "chosen" in this.props.record.data;
    }

    get config() {
        return owedConfig(
            this.chart,
            (value) => this.money(value),
            (value) => this.shortMoney(value)
        );
    }

    get label() {
        return _t("What is still owed over time; the schedules follow.");
    }

    get shown() {
        const index = this.isChoice ? this.props.record.data.chosen : this.state.shown;
        return this.chart.series.find((one) => one.index === index);
    }

    show(index) {
        if (this.isChoice) {
            this.props.record.update({ chosen: index });
        } else {
            this.state.shown = index;
        }
    }

    color(index) {
        return lineColor(index);
    }

    has(part) {
        return this.shown.rows.some((row) => row[part]);
    }
}

/** The schedule of a plan as bars: paid, late, to come. */
export class PlanScheduleChart extends PlanField {
    static template = "invoice_collections.PlanScheduleChart";

    setup() {
        this.parts = PARTS;
    }

    get config() {
        return scheduleConfig(
            this.chart,
            (value) => this.money(value),
            (value) => this.shortMoney(value)
        );
    }

    get label() {
        return _t("Installments: paid, late and to come; the schedule follows.");
    }
}

registry.category("fields").add("collection_plan_comparison", {
    component: PlanComparison,
    supportedTypes: ["json"],
});
registry.category("fields").add("collection_plan_schedule_chart", {
    component: PlanScheduleChart,
    supportedTypes: ["json"],
});
