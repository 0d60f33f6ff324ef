/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Single values in text, opaque and CBOR. The first byte says for what request, the second which.
 */
#include "fuzz/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const int32_t formats[] = { LW_FORMAT_TEXT, LW_FORMAT_OPAQUE, LW_FORMAT_CBOR };
        LwDecode how;

        if (size < 2)
                return 0;
        how = fuzz_request(data[0]);
        fuzz_there_and_back(formats[data[1] % 3], data + 2, size - 2, &how);
        return 0;
}
