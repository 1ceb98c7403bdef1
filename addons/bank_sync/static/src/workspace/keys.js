import { _t } from "@web/core/l10n/translation";

/** Key → what it does. One table for the listener and for the help that shows it. */
export const KEYS = [
    { keys: ["j", "arrowdown"], command: "next", shown: "J ↓", label: _t("Next line") },
    { keys: ["k", "arrowup"], command: "previous", shown: "K ↑", label: _t("Previous line") },
    { keys: ["enter"], command: "acceptAndNext", shown: "↵", label: _t("Book, and go to the next line") },
    { keys: ["a"], command: "accept", shown: "A", label: _t("Book, and stay") },
    { keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9"], command: "choose", shown: "1 … 9", label: _t("Choose a proposal") },
    { keys: ["/"], command: "searchItem", shown: "/", label: _t("Search another item") },
    { keys: ["s"], command: "split", shown: "S", label: _t("Split: change what the first item is paid") },
    { keys: ["w"], command: "writeOff", shown: "W", label: _t("Write the rest off with a preset") },
    { keys: ["o"], command: "keepOnAccount", shown: "O", label: _t("Keep the rest as the customer's credit") },
    { keys: ["l"], command: "leaveOpen", shown: "L", label: _t("Leave the rest open on the line") },
    { keys: ["r"], command: "reject", shown: "R", label: _t("Reject the proposal") },
    { keys: ["e"], command: "putAside", shown: "E", label: _t("Send to the exceptions") },
    { keys: ["u"], command: "undo", shown: "U", label: _t("Undo: this line's match, else your last one") },
    { keys: ["x"], command: "toggle", shown: "X", label: _t("Select the line") },
    { keys: ["g"], command: "assign", shown: "G", label: _t("Assign to a colleague") },
    { keys: ["q"], command: "ask", shown: "Q", label: _t("Ask the salesperson") },
    { keys: ["c"], command: "chatter", shown: "C", label: _t("Notes and messages") },
    { keys: ["f"], command: "searchLine", shown: "F", label: _t("Search in the queue") },
    { keys: ["?"], command: "help", shown: "?", label: _t("This list") },
    { keys: ["escape"], command: "escape", shown: "Esc", label: _t("Close, or go back to the queue") },
];

const COMMANDS = Object.fromEntries(KEYS.flatMap(({ keys, command }) => keys.map((key) => [key, command])));

/** Whether somebody is typing; their keys are their own. */
function isTyping(target) {
    return (
        target instanceof HTMLElement &&
        (/^(input|textarea|select)$/i.test(target.tagName) || target.isContentEditable) &&
        !target.matches("input[type=checkbox]")
    );
}

/** Return the command a key press stands for, or undefined where it is none of ours. */
export function commandOf(ev) {
    if (ev.altKey || ev.ctrlKey || ev.metaKey || ev.isComposing || !ev.key) {
        return undefined;
    }
    const key = ev.key.toLowerCase();
    if (isTyping(ev.target) && key !== "escape") {
        return undefined;
    }
    if (key === "enter" && ev.target.closest?.("button, a")) {
        // The one who has focused a button means the button.
        return undefined;
    }
    return COMMANDS[key];
}
