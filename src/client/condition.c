/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When a server is notified: pure functions of attributes, values and time. */
#include "client/condition.h"

#include <math.h>
#include <string.h>

#define NO_ELEMENT 65535
#define SET(attributes, name) lw_attributes_has(attributes, LW_ATTRIBUTE_##name)

/* FNV-1a with 64 bits. Source: RFC 9923. */
#define HASH_BASIS UINT64_C(0xcbf29ce484222325)
#define HASH_PRIME UINT64_C(0x100000001b3)

static uint64_t hash(const uint8_t *data, size_t length)
{
        uint64_t result = HASH_BASIS;

        for (size_t i = 0; i < length; i++)
                result = (result ^ data[i]) * HASH_PRIME;
        return result;
}

/* A blob in memory by its bytes; one behind a descriptor does not change, so that it is known by
 * its place. */
static uint64_t blob_bits(LwBlob *blob)
{
        const uint8_t *data = lw_blob_data(blob);

        if (data)
                return hash(data, lw_blob_size(blob));
        return hash((const uint8_t *) &blob, sizeof(LwBlob *)) ^ lw_blob_size(blob);
}

static uint64_t number_bits(double number)
{
        uint64_t bits;

        if (isnan(number))
                number = (double) NAN; /* one of the many, so that it equals itself */
        memcpy(&bits, &number, sizeof(bits));
        return number == 0 ? 0 : bits; /* and -0 is 0 */
}

static uint64_t bits_of(const LwValue *value)
{
        switch ((LwType) value->type) {
        case LW_TYPE_NONE:
                return 0;
        case LW_TYPE_INTEGER:
        case LW_TYPE_TIME:
                return (uint64_t) value->integer;
        case LW_TYPE_UNSIGNED:
                return value->unsigned_integer;
        case LW_TYPE_FLOAT:
                return number_bits(value->number);
        case LW_TYPE_BOOLEAN:
                return value->boolean;
        case LW_TYPE_OBJLNK:
                return (uint64_t) value->link.object << 16 | value->link.instance;
        case LW_TYPE_STRING:
        case LW_TYPE_CORELNK:
        case LW_TYPE_OPAQUE:
                if (value->is_blob)
                        return blob_bits(value->blob);
                return hash(value->data, value->length);
        }
        return 0;
}

LwSample lw_sample_of(const LwEntry *entry)
{
        LwSample sample = { .bits = bits_of(&entry->value) };

        memcpy(sample.ids, entry->path.ids, sizeof(sample.ids));
        for (unsigned i = entry->path.length; i < G_N_ELEMENTS(sample.ids); i++)
                sample.ids[i] = NO_ELEMENT;
        return sample;
}

LwPath lw_sample_path(const LwSample *self)
{
        LwPath path = {};

        for (unsigned i = 0; i < G_N_ELEMENTS(self->ids) && self->ids[i] != NO_ELEMENT; i++)
                path.ids[path.length++] = self->ids[i];
        return path;
}

bool lw_sample_value(const LwSample *self, LwType type, bool elements, LwValue *ret_value)
{
        double number;

        if (elements && self->ids[LW_LEVEL_RESOURCE] == NO_ELEMENT) {
                *ret_value = lw_value_none();
                return true;
        }
        switch (type) {
        case LW_TYPE_INTEGER:
                *ret_value = lw_value_integer((int64_t) self->bits);
                return true;
        case LW_TYPE_TIME:
                *ret_value = lw_value_time((int64_t) self->bits);
                return true;
        case LW_TYPE_UNSIGNED:
                *ret_value = lw_value_unsigned(self->bits);
                return true;
        case LW_TYPE_FLOAT:
                memcpy(&number, &self->bits, sizeof(number));
                *ret_value = lw_value_float(number);
                return true;
        case LW_TYPE_BOOLEAN:
                *ret_value = lw_value_boolean(self->bits != 0);
                return true;
        case LW_TYPE_OBJLNK:
                *ret_value = lw_value_link((uint16_t) (self->bits >> 16), (uint16_t) self->bits);
                return true;
        case LW_TYPE_NONE:
        case LW_TYPE_STRING:
        case LW_TYPE_CORELNK:
        case LW_TYPE_OPAQUE:
                return false;
        }
        return false;
}

/* A number as the limits see it. */
static double number_of(LwType type, uint64_t bits)
{
        double number;

        if (type == LW_TYPE_INTEGER || type == LW_TYPE_TIME)
                return (double) (int64_t) bits;
        if (type == LW_TYPE_UNSIGNED)
                return (double) bits;
        memcpy(&number, &bits, sizeof(number));
        return number;
}

static bool crosses(double last, double value, double limit)
{
        return (last <= limit && value > limit) || (last >= limit && value < limit);
}

static bool moves(const LwAttributes *attributes, double last, double value)
{
        return (SET(attributes, GT) && crosses(last, value, attributes->gt)) ||
               (SET(attributes, LT) && crosses(last, value, attributes->lt)) ||
               (SET(attributes, ST) && fabs(value - last) >= attributes->st);
}

bool lw_condition_holds(const LwAttributes *attributes, const LwSample *last, const LwValue *value)
{
        bool is_limited = SET(attributes, GT) || SET(attributes, LT) || SET(attributes, ST);
        uint64_t bits = bits_of(value);
        LwType type = (LwType) value->type;

        if (bits == last->bits)
                return false;
        if (is_limited && lw_type_is_number(type))
                return moves(attributes, number_of(type, last->bits), number_of(type, bits));
        if (SET(attributes, EDGE) && type == LW_TYPE_BOOLEAN)
                return value->boolean == attributes->edge;
        return true;
}

static LwUsec period(uint32_t seconds)
{
        return lw_usec_from_seconds(seconds);
}

LwPace lw_pace_of(const LwAttributes *attributes, uint32_t default_pmin_seconds,
                uint32_t default_pmax_seconds)
{
        uint32_t pmin = default_pmin_seconds == UINT32_MAX ? 0 : default_pmin_seconds;
        uint32_t pmax = default_pmax_seconds == UINT32_MAX ? 0 : default_pmax_seconds;
        LwPace pace = { .pmax = LW_USEC_NEVER, .epmax = LW_USEC_NEVER };

        if (SET(attributes, PMIN))
                pmin = attributes->pmin;
        if (SET(attributes, PMAX))
                pmax = attributes->pmax;
        pace.pmin = period(pmin);
        if (pmax > 0 && pmax >= pmin)
                pace.pmax = period(pmax);
        if (SET(attributes, EPMIN))
                pace.epmin = period(attributes->epmin);
        if (SET(attributes, EPMAX) && attributes->epmax > 0)
                pace.epmax = period(attributes->epmax);
        return pace;
}

LwPace lw_pace_join(LwPace a, LwPace b)
{
        return (LwPace){
                .pmin = lw_usec_min(a.pmin, b.pmin),
                .pmax = lw_usec_min(a.pmax, b.pmax),
                .epmin = lw_usec_min(a.epmin, b.epmin),
                .epmax = lw_usec_min(a.epmax, b.epmax),
        };
}

LwUsec lw_condition_due(const LwPace *pace, const LwProgress *progress)
{
        LwUsec due = lw_usec_min(lw_usec_add(progress->sent, pace->pmax),
                        lw_usec_add(progress->evaluated, pace->epmax));

        if (progress->ripe != LW_USEC_NEVER)
                return lw_usec_min(due, progress->ripe); /* what changes meanwhile goes with it */
        if (progress->changed)
                due = lw_usec_min(due, lw_usec_add(progress->evaluated, pace->epmin));
        return due;
}

LwDecision lw_condition_judge(const LwPace *pace, const LwProgress *progress, bool met, LwUsec now)
{
        if (now >= lw_usec_add(progress->sent, pace->pmax))
                return LW_DECISION_SEND;
        if (progress->ripe != LW_USEC_NEVER)
                return now >= progress->ripe ? LW_DECISION_SEND : LW_DECISION_WAIT;
        if (!met)
                return LW_DECISION_NOTHING;
        return now >= lw_usec_add(progress->sent, pace->pmin) ? LW_DECISION_SEND : LW_DECISION_WAIT;
}
