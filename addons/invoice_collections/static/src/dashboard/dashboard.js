import { loadBundle } from "@web/core/assets";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Component, onWillStart, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";

const COLORS = {
    aging: ["#2f8f6f", "#e8b93c", "#e5873b", "#d5533b", "#a61b12"],
    sent: "#2f8f6f",
    blocked: "#e0b34d",
};

/** Figures of the company at a glance; every figure leads to the records behind it. */
export class CollectionsDashboard extends Component {
    static template = "invoice_collections.Dashboard";
    static props = ["*"];

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ data: null });
        this.aging = useRef("aging");
        this.touchpoints = useRef("touchpoints");
        this.charts = [];
        onWillStart(async () => {
            const [data] = await Promise.all([
                this.orm.call("collection.dashboard", "get_data", []),
                loadBundle("web.chartjs_lib"),
            ]);
            this.state.data = data;
        });
        useEffect(
            () => this.draw(),
            () => [this.state.data]
        );
        onWillUnmount(() => this.erase());
    }

    get title() {
        return _t("Collections");
    }

    get convertedNote() {
        const { converted, currency } = this.state.data;
        return _t("%(others)s converted to %(home)s at today's rate.", {
            others: converted.join(", "),
            home: currency.name,
        });
    }

    async refresh() {
        this.state.data = await this.orm.call("collection.dashboard", "get_data", []);
    }

    erase() {
        this.charts.forEach((chart) => chart.destroy());
        this.charts = [];
    }

    draw() {
        this.erase();
        if (this.aging.el) {
            this.charts.push(new Chart(this.aging.el, this.agingConfig()));
        }
        if (this.touchpoints.el) {
            this.charts.push(new Chart(this.touchpoints.el, this.touchpointsConfig()));
        }
    }

    agingConfig() {
        const { aging, currency } = this.state.data;
        const format = new Intl.NumberFormat(document.documentElement.lang || "en", {
            style: "currency",
            currency: currency.name,
            maximumFractionDigits: currency.digits,
        });
        const short = new Intl.NumberFormat(document.documentElement.lang || "en", {
            notation: "compact",
        });
        return {
            type: "bar",
            data: {
                labels: aging.labels,
                datasets: [
                    {
                        data: aging.values,
                        backgroundColor: COLORS.aging,
                        borderRadius: 6,
                        maxBarThickness: 72,
                    },
                ],
            },
            options: {
                maintainAspectRatio: false,
                animation: false,
                plugins: {
                    legend: { display: false },
                    tooltip: { callbacks: { label: (item) => format.format(item.raw) } },
                },
                scales: {
                    x: { grid: { display: false } },
                    y: { beginAtZero: true, ticks: { callback: (value) => short.format(value) } },
                },
            },
        };
    }

    touchpointsConfig() {
        const { touchpoints } = this.state.data;
        const series = (label, data, color) => ({
            label,
            data,
            backgroundColor: color,
            borderRadius: 3,
            maxBarThickness: 18,
        });
        return {
            type: "bar",
            data: {
                labels: touchpoints.labels,
                datasets: [
                    series(_t("Sent"), touchpoints.sent, COLORS.sent),
                    series(_t("Held back"), touchpoints.blocked, COLORS.blocked),
                ],
            },
            options: {
                maintainAspectRatio: false,
                animation: false,
                plugins: { legend: { position: "bottom", labels: { boxWidth: 12 } } },
                scales: {
                    x: { stacked: true, grid: { display: false }, ticks: { maxTicksLimit: 8 } },
                    y: { stacked: true, beginAtZero: true, ticks: { precision: 0 } },
                },
            },
        };
    }

    openTile(tile) {
        const filters = { overdue: { search_default_overdue: 1 } };
        if (tile.action === "sent" || tile.action === "blocked") {
            this.action.doAction("invoice_collections.collection_touchpoint_action", {
                additionalContext:
                    tile.action === "sent"
                        ? { search_default_sent: 1, search_default_queued: 1 }
                        : { search_default_blocked: 1, search_default_today: 1 },
            });
        } else {
            this.openCases(filters[tile.action]);
        }
    }

    openCases(context = { search_default_not_clear: 1 }) {
        this.action.doAction("invoice_collections.collection_case_action", {
            additionalContext: context,
        });
    }

    openCase(caseId) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "collection.case",
            res_id: caseId,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("invoice_collections.dashboard", CollectionsDashboard);
