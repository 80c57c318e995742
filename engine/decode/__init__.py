"""From token ids to token ids: prefill, sampling and the decode loop. No text, no tools."""
