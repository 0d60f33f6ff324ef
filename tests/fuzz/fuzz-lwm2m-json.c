/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwM2M JSON, read, written and read again. The first byte says for what request. */
#include "fuzz/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        LwDecode how;

        if (size == 0)
                return 0;
        how = fuzz_request(data[0]);
        fuzz_there_and_back(LW_FORMAT_JSON, data + 1, size - 1, &how);
        return 0;
}
