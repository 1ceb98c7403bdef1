import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";

/**
 * A Chart.js chart drawn once, which fills the box it stands in.
 *
 * The drawing says nothing to a screen reader: `label` does.
 */
export class BarChart extends Component {
    static template = "invoice_collections.BarChart";
    static props = { config: Object, label: String };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                const chart = new Chart(this.canvas.el, this.props.config);
                return () => chart.destroy();
            },
            () => []
        );
    }
}
