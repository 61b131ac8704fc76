import {deadlineOf, useOpenJob} from "@lengow_connector/overview/jobs";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {Component} from "@odoo/owl";

/** What waits at a marketplace: the most urgent job as a button, the others as links. */
export class JobsField extends Component {
    static template = "lengow_connector.JobsField";
    static props = {...standardFieldProps};

    setup() {
        this.openJob = useOpenJob();
        this.deadlineOf = deadlineOf;
    }

    get jobs() {
        return this.props.record.data[this.props.name].jobs;
    }

    open(job) {
        return this.openJob(job, this.props.record.resId);
    }
}

export const jobsField = {
    component: JobsField,
    displayName: _t("Jobs of a marketplace"),
    supportedTypes: ["json"],
};

registry.category("fields").add("lengow_jobs", jobsField);
