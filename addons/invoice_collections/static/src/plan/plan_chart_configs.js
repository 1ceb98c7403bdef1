import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { COLORS, axes, baseOptions } from "../dashboard/charts";

/** One colour for each scenario, in the order of their rows; then they repeat. */
const LINES = [COLORS.sent, "#dc7f38", "#3d8b6d", "#8a5fa8", "#c4532f", "#5b7f95"];

/** @param {number} index of a scenario */
export function lineColor(index) {
    return LINES[index % LINES.length];
}

/** @param {string} day in ISO format */
export function dayText(day) {
    return formatDate(deserializeDate(day));
}

/** Returns the day so many days after another one, as people read it: month and year. */
function monthAfter(start, days) {
    return deserializeDate(start).plus({ days }).toFormat("LLL yyyy");
}

/**
 * What is still owed, day by day: one falling staircase for each scenario.
 *
 * @param {{start: string, series: {label: string, points: [number, number][]}[]}} chart points are
 *     days after the start, and what is owed from then on
 * @param {(value: number) => string} format of an amount
 * @param {(value: number) => string} short format of an amount on the axis
 */
export function owedConfig(chart, format, short) {
    const options = baseOptions();
    options.interaction = { mode: "nearest", intersect: false };
    options.plugins.tooltip = {
        callbacks: {
            title: ([item]) => item.dataset.label,
            label: (item) =>
                `${dayText(deserializeDate(chart.start).plus({ days: item.parsed.x }).toISODate())}: ${format(item.parsed.y)}`,
        },
    };
    options.scales = axes({ format: short, maxTicks: 8 });
    options.scales.x.type = "linear";
    options.scales.x.min = 0;
    options.scales.x.ticks.callback = (days) => monthAfter(chart.start, days);
    return {
        type: "line",
        data: {
            datasets: chart.series.map((one) => ({
                label: one.label,
                data: one.points.map(([x, y]) => ({ x, y })),
                borderColor: lineColor(one.index),
                backgroundColor: lineColor(one.index),
                borderDash: one.dashed ? [6, 4] : [],
                borderWidth: 2.5,
                pointRadius: one.points.length > 40 ? 0 : 2,
                stepped: true,
            })),
        },
        options,
    };
}

/**
 * The installments of a plan: what of each is paid, late and to come.
 *
 * @param {{rows: {due: string, paid: number, late: number, coming: number}[]}} chart
 * @param {(value: number) => string} format of an amount
 * @param {(value: number) => string} short format of an amount on the axis
 */
export function scheduleConfig(chart, format, short) {
    const options = baseOptions();
    options.plugins.tooltip = {
        filter: (item) => item.raw,
        callbacks: { label: (item) => `${item.dataset.label}: ${format(item.raw)}` },
    };
    options.scales = axes({ format: short, stacked: true, maxTicks: 12 });
    const series = (key, label, backgroundColor) => ({
        label,
        data: chart.rows.map((row) => row[key]),
        backgroundColor,
        borderRadius: 3,
        maxBarThickness: 34,
    });
    return {
        type: "bar",
        data: {
            labels: chart.rows.map((row) => dayText(row.due)),
            datasets: [
                series("paid", _t("Paid"), PARTS.paid),
                series("late", _t("Late"), PARTS.late),
                series("coming", _t("To come"), PARTS.coming),
            ],
        },
        options,
    };
}

/** Colours of the parts of an installment. */
export const PARTS = { paid: "#3d8b6d", late: COLORS["61_90"], coming: COLORS.sent };
