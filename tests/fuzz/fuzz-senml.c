/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SenML and SenML-ETCH. The first byte says for what request, the second in which of the four
 * formats. */
#include "fuzz/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const int32_t formats[] = {
                LW_FORMAT_SENML_JSON,
                LW_FORMAT_SENML_CBOR,
                LW_FORMAT_ETCH_JSON,
                LW_FORMAT_ETCH_CBOR,
        };
        LwDecode how;

        if (size < 2)
                return 0;
        how = fuzz_request(data[0]);
        if (formats[data[1] % 4] == LW_FORMAT_SENML_JSON ||
                        formats[data[1] % 4] == LW_FORMAT_SENML_CBOR)
                how.nulls = false; /* they have no word for it */
        fuzz_there_and_back(formats[data[1] % 4], data + 2, size - 2, &how);
        return 0;
}
