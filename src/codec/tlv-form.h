/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The form of a TLV entry, for the two halves of the codec. */
#pragma once

/** Bits 7-6 of an entry's type byte. */
typedef enum LwTlvKind {
        LW_TLV_INSTANCE = 0x00,
        LW_TLV_ELEMENT = 0x40, /* a resource instance */
        LW_TLV_ARRAY = 0x80,   /* a multiple resource, of elements */
        LW_TLV_RESOURCE = 0xc0,
} LwTlvKind;

#define LW_TLV_KIND_MASK 0xc0
/** Bit 5: the id has two bytes. */
#define LW_TLV_WIDE_ID 0x20
/** Bits 4-3: how many bytes say the length; none: bits 2-0 are the length. */
#define LW_TLV_LENGTH_SHIFT 3
#define LW_TLV_LENGTH_WIDTH_MASK 3
#define LW_TLV_LENGTH_MASK 0x07
