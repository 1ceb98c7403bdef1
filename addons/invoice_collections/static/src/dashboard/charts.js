import { cookie } from "@web/core/browser/cookie";
import { _t } from "@web/core/l10n/translation";

const dark = cookie.get("color_scheme") === "dark";

/** One palette for the tiles, the charts and the icon: the later, the warmer. */
export const COLORS = {
    not_due: dark ? "#7fa6c9" : "#1f3f5e",
    "1_30": "#e8aa42",
    "31_60": "#dc7f38",
    "61_90": "#c4532f",
    over_90: dark ? "#d0604f" : "#8f2a1c",
    sent: dark ? "#7fa6c9" : "#1f3f5e",
    held: "#e8aa42",
    text: dark ? "#c9ced4" : "#56636f",
    grid: dark ? "rgba(255, 255, 255, 0.1)" : "rgba(31, 63, 94, 0.09)",
};

export function baseOptions() {
    return {
        responsive: true,
        maintainAspectRatio: false,
        animation: false,
        interaction: { mode: "index", intersect: false },
        plugins: { legend: { display: false } },
    };
}

export function axes({ format, stacked = false, maxTicks }) {
    return {
        x: {
            stacked,
            grid: { display: false },
            border: { display: false },
            ticks: {
                color: COLORS.text,
                maxRotation: 0,
                autoSkip: Boolean(maxTicks),
                autoSkipPadding: 12,
                maxTicksLimit: maxTicks,
            },
        },
        y: {
            stacked,
            beginAtZero: true,
            grid: { color: COLORS.grid },
            border: { display: false },
            ticks: { color: COLORS.text, maxTicksLimit: 5, precision: 0, callback: format },
        },
    };
}

/** Breaks a label before its last word, so that five of them stand side by side on a phone. */
function twoLines(label) {
    const words = label.split(" ");
    return words.length < 3 ? label : [words.slice(0, -1).join(" "), words.at(-1)];
}

/**
 * @param {{key: string, label: string, value: number}[]} aging
 * @param {(value: number) => string} format of an amount
 * @param {(value: number) => string} short format of an amount on the axis
 */
export function agingConfig(aging, format, short) {
    const options = baseOptions();
    options.plugins.tooltip = {
        callbacks: {
            title: ([item]) => aging[item.dataIndex].label,
            label: (item) => format(item.raw),
        },
    };
    options.scales = axes({ format: short });
    return {
        type: "bar",
        data: {
            labels: aging.map((bucket) => twoLines(bucket.label)),
            datasets: [
                {
                    data: aging.map((bucket) => bucket.value),
                    backgroundColor: aging.map((bucket) => COLORS[bucket.key]),
                    borderRadius: 5,
                    maxBarThickness: 64,
                },
            ],
        },
        options,
    };
}

/** @param {{label: string, sent: number, held: number}[]} activity */
export function activityConfig(activity) {
    const options = baseOptions();
    options.scales = axes({ stacked: true, maxTicks: 8 });
    const series = (key, label) => ({
        label,
        data: activity.map((day) => day[key]),
        backgroundColor: COLORS[key],
        borderRadius: 3,
        maxBarThickness: 18,
    });
    return {
        type: "bar",
        data: {
            labels: activity.map((day) => day.label),
            datasets: [series("sent", _t("Sent")), series("held", _t("Held back"))],
        },
        options,
    };
}
