/**
 * Shows the total of the invoices chosen in each form, and keeps an empty choice from being sent.
 *
 * The page works without: the server adds up what was chosen, whatever is shown here.
 */
for (const form of document.querySelectorAll("form[data-currency]")) {
    const boxes = [...form.querySelectorAll(".o_debtor_check")];
    const chosen = form.querySelector(".o_debtor_chosen");
    const button = form.querySelector("button[type=submit]");
    if (!boxes.length || !chosen || !button) {
        continue;
    }
    const decimals = Number(form.dataset.decimals);
    const format = new Intl.NumberFormat(document.documentElement.lang || undefined, {
        style: "currency",
        currency: form.dataset.currency,
        currencyDisplay: "narrowSymbol",
        minimumFractionDigits: decimals,
        maximumFractionDigits: decimals,
    });
    const update = () => {
        const minor = boxes
            .filter((box) => box.checked)
            .reduce((total, box) => total + Number(box.dataset.minor), 0);
        form.querySelector(".o_debtor_chosen_amount").textContent = format.format(
            minor / 10 ** decimals
        );
        button.disabled = minor === 0;
        chosen.hidden = false;
    };
    form.addEventListener("change", update);
    // A page that comes back from the browser's history keeps its boxes: count again.
    window.addEventListener("pageshow", update);
    update();
}
