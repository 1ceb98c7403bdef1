import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { DocumentFileUploader } from "@account/components/document_file_uploader/document_file_uploader";
import { fileUploadListView } from "@account/views/file_upload_list/file_upload_list_view";
import { FileUploadListController } from "@account/views/file_upload_list/file_upload_list_controller";
import { FileUploadListRenderer } from "@account/views/file_upload_list/file_upload_list_renderer";

/** Takes chosen or dropped files to the import page. */
export class BankFileUploader extends DocumentFileUploader {
    getResModel() {
        return "bank.statement.import";
    }
}

export class BankUploadListController extends FileUploadListController {
    static components = { ...FileUploadListController.components, BankFileUploader };
}

export class BankUploadListRenderer extends FileUploadListRenderer {
    static template = "bank_sync.UploadListRenderer";

    setup() {
        super.setup();
        this.dropZoneTitle = _t("Drop bank statement files here");
        this.dropZoneText = _t("You see what is in them before anything is booked.");
    }
}

registry.category("views").add("bank_statement_upload_list", {
    ...fileUploadListView,
    Controller: BankUploadListController,
    Renderer: BankUploadListRenderer,
    buttonTemplate: "bank_sync.UploadListView.Buttons",
});
