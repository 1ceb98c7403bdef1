import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";

/** A Chart.js chart that is drawn anew whenever its figures change; `label` speaks for it. */
export class PlanChart extends Component {
    static template = "invoice_collections.PlanChart";
    static props = { config: Object, label: String, figures: String };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                const chart = new Chart(this.canvas.el, this.props.config);
                return () => chart.destroy();
            },
            () => [this.props.figures]
        );
    }
}
