/** A second thread is started for so many bytes of logs: below that it takes longer to start than it saves. */
export const THREAD_BYTES = 48e6;
