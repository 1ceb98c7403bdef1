/**
 * Cut texts into parts, those recognised marked as `hit`.
 *
 * @param {string[]} texts as the payer wrote them
 * @param {[number, number, number][]} spans recognised parts: text number, start, end
 * @param {string[]} known references to look for where the proposal brings no spans
 * @returns {{ text: string, hit: boolean }[][]} the parts of each text; joined they are the text
 */
export function markParts(texts, spans, known) {
    return texts.map((text, number) => {
        let ranges = spans.filter(([index]) => index === number).map(([, start, end]) => [start, end]);
        if (!spans.length) {
            ranges = known.filter((word) => word && word.length > 2).flatMap((word) => rangesOf(text, word));
        }
        return cut(text, ranges);
    });
}

function rangesOf(text, word) {
    const start = text.toLowerCase().indexOf(word.toLowerCase());
    return start < 0 ? [] : [[start, start + word.length]];
}

function cut(text, ranges) {
    const parts = [];
    let done = 0;
    for (const [from, until] of ranges.sort((one, other) => one[0] - other[0])) {
        const start = Math.max(from, done);
        const end = Math.min(until, text.length);
        if (start >= end) {
            continue;
        }
        if (start > done) {
            parts.push({ text: text.slice(done, start), hit: false });
        }
        parts.push({ text: text.slice(start, end), hit: true });
        done = end;
    }
    if (done < text.length || !parts.length) {
        parts.push({ text: text.slice(done), hit: false });
    }
    return parts;
}
