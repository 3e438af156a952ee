package io.aeroframe.apps;

import com.fasterxml.jackson.core.JsonGenerator;
import io.aeroframe.transport.PublicationLedger;
import io.aeroframe.transport.SubscriptionLedger;
import io.aeroframe.vision.jpeg.JpegCodecs;
import java.io.IOException;
import java.util.List;

/** One side's ledger, for the status line and the summary. */
sealed interface Account {

    /** Frames published or received. */
    long frames();

    /** Payload bytes sent or received. */
    long bytes();

    /** Frames that did not make it, for whatever reason. */
    long missed();

    /** The fields of the JSON summary's ledger object. */
    void write(JsonGenerator json) throws IOException;

    /** The ledger as a sum that people can check. */
    String describe();

    /** JPEG images of this process that were decoded with a warning, if there are any. */
    private static String warnings() {
        long warned = JpegCodecs.decodedWithWarnings();
        return warned > 0 ? "; JPEG images decoded with warnings " + warned : "";
    }

    /**
     * The publisher's side.
     *
     * @param ledgers   one for each channel.
     * @param badFrames damaged frames of the source, which are not published.
     * @param decodeErrors pieces of the source that could not be decoded.
     * @param superseded frames that the source skipped for newer ones, which are not published either.
     * @param torn frames that may be torn as the source could not read them whole; they are published.
     * @param standby frames that were published while subscribers followed another publisher, and skipped these.
     */
    record Published(
            List<PublicationLedger> ledgers,
            long badFrames,
            long decodeErrors,
            long superseded,
            long torn,
            long standby)
            implements Account {
        @Override
        public long frames() {
            return ledgers.get(0).published();
        }

        @Override
        public long bytes() {
            return ledgers.stream().mapToLong(PublicationLedger::bytes).sum();
        }

        @Override
        public long missed() {
            return ledgers.stream().mapToLong(PublicationLedger::dropped).sum();
        }

        @Override
        public void write(JsonGenerator json) throws IOException {
            json.writeNumberField("published", frames());
            json.writeNumberField(
                    "sent", ledgers.stream().mapToLong(PublicationLedger::sent).sum());
            json.writeNumberField(
                    "dropped_back_pressure",
                    ledgers.stream()
                            .mapToLong(PublicationLedger::droppedBackPressure)
                            .sum());
            json.writeNumberField(
                    "dropped_no_subscriber",
                    ledgers.stream()
                            .mapToLong(PublicationLedger::droppedNoSubscriber)
                            .sum());
            json.writeNumberField(
                    "dropped_no_slot",
                    ledgers.stream().mapToLong(PublicationLedger::droppedNoSlot).sum());
            json.writeNumberField(
                    "dropped_at_source",
                    ledgers.stream()
                            .mapToLong(PublicationLedger::droppedAtSource)
                            .sum());
            json.writeNumberField("channels", ledgers.size());
            json.writeNumberField("bad_frames", badFrames);
            json.writeNumberField("decode_errors", decodeErrors);
            json.writeNumberField("decoded_with_warnings", JpegCodecs.decodedWithWarnings());
            json.writeNumberField("superseded_at_source", superseded);
            json.writeNumberField("torn_at_source", torn);
            json.writeNumberField("on_standby", standby);
        }

        /** Whether every frame was dropped because nobody was connected, on all channels. */
        boolean isForNobody() {
            return ledgers.stream().allMatch(ledger -> ledger.droppedNoSubscriber() == ledger.published());
        }

        @Override
        public String describe() {
            StringBuilder text = new StringBuilder();
            for (PublicationLedger ledger : ledgers) {
                text.append(text.isEmpty() ? "" : "; ")
                        .append("published ")
                        .append(ledger.published())
                        .append(" = sent ")
                        .append(ledger.sent())
                        .append(" + dropped for back-pressure ")
                        .append(ledger.droppedBackPressure())
                        .append(" + without a subscriber ")
                        .append(ledger.droppedNoSubscriber())
                        .append(" + dropped for lack of a slot ")
                        .append(ledger.droppedNoSlot());
                if (ledger.droppedAtSource() > 0) {
                    text.append(" + lost at the source ").append(ledger.droppedAtSource());
                }
            }
            if (badFrames > 0) {
                text.append("; damaged frames of the source ").append(badFrames);
            }
            if (decodeErrors > 0) {
                text.append("; pieces of the source that could not be decoded ").append(decodeErrors);
            }
            text.append(warnings());
            if (superseded > 0) {
                text.append("; frames that the source skipped for newer ones ").append(superseded);
            }
            if (torn > 0) {
                text.append("; frames that may be torn ").append(torn);
            }
            if (standby > 0) {
                text.append("; published on standby, which nobody saw, ").append(standby);
            }
            return text.toString();
        }
    }

    /**
     * The subscriber's side.
     *
     * @param ledger   the ledger of the subscription.
     * @param replaced frames of the subscription that a newer one replaced before the sink took them.
     * @param bytes    payload bytes of the frames that the sink took.
     */
    record Received(SubscriptionLedger ledger, long replaced, long bytes) implements Account {
        @Override
        public long frames() {
            return ledger.received() - replaced;
        }

        @Override
        public long missed() {
            return ledger.published() - frames();
        }

        @Override
        public void write(JsonGenerator json) throws IOException {
            json.writeNumberField("published", ledger.published());
            json.writeNumberField("received", frames());
            json.writeNumberField("dropped_by_publisher", ledger.droppedByPublisher());
            json.writeNumberField("lost", ledger.lost());
            json.writeNumberField("overrun", ledger.overrun());
            json.writeNumberField("superseded", ledger.superseded() + replaced);
            json.writeNumberField("expired", ledger.expired());
            json.writeNumberField("invalid", ledger.invalid());
            json.writeNumberField("decoded_with_warnings", JpegCodecs.decodedWithWarnings());
        }

        @Override
        public String describe() {
            return "published " + ledger.published() + " = received " + frames() + " + dropped by the publisher "
                    + ledger.droppedByPublisher() + " + lost " + ledger.lost() + " + overrun "
                    + ledger.overrun() + " + superseded "
                    + (ledger.superseded() + replaced) + " + expired " + ledger.expired()
                    + (ledger.invalid() > 0 ? "; invalid messages " + ledger.invalid() : "")
                    + warnings();
        }
    }
}
