import {_t} from "@web/core/l10n/translation";
import {formatDateTime} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {Component} from "@odoo/owl";

const {DateTime, Duration} = luxon;

/** Return a span of time in the largest unit that it fills, in the user's language. */
function inWords(duration) {
    const units = duration.shiftTo("days", "hours", "minutes").toObject();
    const [unit] = ["days", "hours"].filter((name) => units[name] >= 1);
    const name = unit || "minutes";
    const whole = Duration.fromObject({[name]: Math.floor(units[name])});
    return whole.toHuman({unitDisplay: "long"});
}

/**
 * Says when something is due the way people say it: with the hour where it matters.
 *
 * @param {DateTime} deadline
 * @param {DateTime} now
 * @returns {{text: string, tone: string}}
 */
export function tellDeadline(deadline, now) {
    const time = deadline.toLocaleString(DateTime.TIME_SIMPLE);
    const [day, today] = [deadline.startOf("day"), now.startOf("day")];
    const days = Math.round(day.diff(today, "days").days);
    if (deadline < now) {
        const text = _t("%s late", inWords(now.diff(deadline)));
        return {text, tone: "text-danger-emphasis fw-bold"};
    }
    if (days < 1) {
        return {text: _t("%s today", time), tone: "text-warning-emphasis fw-bold"};
    }
    if (days < 2) {
        return {text: _t("%s tomorrow", time), tone: ""};
    }
    return {text: day.toRelative({base: today, unit: "days"}), tone: ""};
}

/** Shows until when something has to be done; pointing at it tells the exact moment. */
export class DeadlineField extends Component {
    static template = "lengow_connector.DeadlineField";
    static props = {...standardFieldProps};

    get deadline() {
        const deadline = this.props.record.data[this.props.name];
        return (
            deadline && {
                ...tellDeadline(deadline, DateTime.now().setZone(deadline.zone)),
                exact: formatDateTime(deadline),
            }
        );
    }
}

export const deadlineField = {
    component: DeadlineField,
    displayName: _t("Deadline with the hour"),
    supportedTypes: ["datetime"],
};

registry.category("fields").add("lengow_deadline", deadlineField);
