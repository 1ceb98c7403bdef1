/**
 * Shows the total of the invoices chosen in each form, and keeps an empty choice from being sent.
 *
 * The page works without: the server adds up what was chosen, whatever is shown here.
 */
for (const form of document.querySelectorAll("form[data-currency]")) {
    const boxes = [...form.querySelectorAll(".o_debtor_check")];
    const chosen = form.querySelector(".o_debtor_chosen");
    const buttons = form.querySelectorAll("button[data-needs-choice]");
    const part = form.querySelector("input[name=amount]");
    if (!boxes.length || !chosen || !buttons.length) {
        continue;
    }
    const { symbol, position } = form.dataset;
    const decimals = Number(form.dataset.decimals);
    const number = new Intl.NumberFormat(document.documentElement.lang || undefined, {
        minimumFractionDigits: decimals,
        maximumFractionDigits: decimals,
    });
    // As the server writes the other amounts of the page, with a space that does not break.
    const format = (minor) => {
        const text = number.format(minor / 10 ** decimals);
        return position === "after" ? `${text}\u00a0${symbol}` : `${symbol}\u00a0${text}`;
    };
    const update = () => {
        const minor = boxes
            .filter((box) => box.checked)
            .reduce((total, box) => total + Number(box.dataset.minor), 0);
        form.querySelector(".o_debtor_chosen_amount").textContent = format(minor);
        for (const button of buttons) {
            button.disabled = minor === 0;
        }
        // Who pays a part sees what it comes to on the next page: the server reads the number.
        chosen.hidden = Boolean(part?.value.trim());
    };
    form.addEventListener("change", update);
    part?.addEventListener("input", update);
    // A page that comes back from the browser's history keeps its boxes: count again.
    window.addEventListener("pageshow", update);
    update();
}

/** Buttons that put what is to be typed elsewhere into the clipboard, where the browser has one. */
for (const button of document.querySelectorAll("button[data-copy]")) {
    if (!navigator.clipboard) {
        break;
    }
    button.hidden = false;
    button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(button.dataset.copy);
        button.classList.add("o_debtor_copied");
    });
}

/**
 * The calculator of plans: the server works it out again while a slider moves.
 *
 * Without scripts the button of the form does the same.
 */
for (const form of document.querySelectorAll("form[data-live]")) {
    const quote = document.getElementById(form.dataset.live);
    const button = form.querySelector("button[type=submit]");
    let timer;
    let latest;
    const work = async () => {
        latest?.abort();
        latest = new AbortController();
        const address = `${form.action}?${new URLSearchParams(new FormData(form))}`;
        quote.setAttribute("aria-busy", "true");
        try {
            const answer = await fetch(address, { signal: latest.signal });
            const page = new DOMParser().parseFromString(await answer.text(), "text/html");
            const isOpen = Boolean(quote.querySelector("details[open]"));
            quote.replaceChildren(...page.getElementById(form.dataset.live).childNodes);
            quote.querySelector("details")?.toggleAttribute("open", isOpen);
            history.replaceState(null, "", address);
            quote.removeAttribute("aria-busy");
        } catch (error) {
            // A newer question has taken its place, or the network is gone: then the button asks.
            if (error.name !== "AbortError") {
                button.hidden = false;
                quote.removeAttribute("aria-busy");
            }
        }
    };
    button.hidden = true;
    form.addEventListener("input", ({ target }) => {
        const output = form.querySelector(`output[for="${target.id}"]`);
        if (output) {
            output.textContent = target.value;
        }
        if (target.name === "offer") {
            // Another kind has other limits: the whole page changes.
            form.submit();
            return;
        }
        clearTimeout(timer);
        timer = setTimeout(work, 150);
    });
}

/** A receipt is kept on paper or as a file. */
for (const button of document.querySelectorAll("button[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
}

/** What went wrong is read first. */
document.querySelector(".o_debtor_errors")?.focus();
