// Shows what the chosen invoices cost on the button. Without this script the page works too.
for (const form of document.querySelectorAll("form[data-currency]")) {
    const button = form.querySelector("button");
    const total = form.querySelector(".pay_total");
    if (!button) {
        continue;
    }
    const digits = Number(form.dataset.digits);
    const format = new Intl.NumberFormat(document.documentElement.lang, {
        style: "currency",
        currency: form.dataset.currency,
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
    });
    const update = () => {
        const chosen = [...form.querySelectorAll("input:checked")];
        const minor = chosen.reduce(
            (sum, input) => sum + Math.round(Number(input.dataset.amount) * 10 ** digits),
            0
        );
        total.textContent = format.format(minor / 10 ** digits);
        button.disabled = chosen.length === 0;
    };
    form.addEventListener("change", update);
    update();
}
