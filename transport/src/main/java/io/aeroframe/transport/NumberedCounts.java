package io.aeroframe.transport;

/** Where the numbers of a ledger are shown to other processes, in the order of their names. */
interface NumberedCounts {

    /** Shows a number. */
    void show(int index, long value);
}
