/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwAttributes: the notification attributes that a server set on one node. */
#include "model/attributes.h"

#include <string.h>

#include "base/quote.h"
#include "model/number.h"
#include "model/status.h"

#define NUMERIC                                                                                    \
        (LW_ATTRIBUTE_BIT(LW_ATTRIBUTE_GT) | LW_ATTRIBUTE_BIT(LW_ATTRIBUTE_LT) |                   \
                        LW_ATTRIBUTE_BIT(LW_ATTRIBUTE_ST))
#define EDGE LW_ATTRIBUTE_BIT(LW_ATTRIBUTE_EDGE)

/* How the value is written. */
typedef enum Kind {
        NUMBER,  /* 1*DIGIT */
        DECIMAL, /* with sign and fraction */
        FLAG,    /* 0 or 1 */
} Kind;

static const struct {
        const char *name;
        Kind kind;
        size_t offset;
} table[] = {
        [LW_ATTRIBUTE_PMIN] = { "pmin", NUMBER, offsetof(LwAttributes, pmin) },
        [LW_ATTRIBUTE_PMAX] = { "pmax", NUMBER, offsetof(LwAttributes, pmax) },
        [LW_ATTRIBUTE_GT] = { "gt", DECIMAL, offsetof(LwAttributes, gt) },
        [LW_ATTRIBUTE_LT] = { "lt", DECIMAL, offsetof(LwAttributes, lt) },
        [LW_ATTRIBUTE_ST] = { "st", DECIMAL, offsetof(LwAttributes, st) },
        [LW_ATTRIBUTE_EPMIN] = { "epmin", NUMBER, offsetof(LwAttributes, epmin) },
        [LW_ATTRIBUTE_EPMAX] = { "epmax", NUMBER, offsetof(LwAttributes, epmax) },
        [LW_ATTRIBUTE_EDGE] = { "edge", FLAG, offsetof(LwAttributes, edge) },
        [LW_ATTRIBUTE_CON] = { "con", FLAG, offsetof(LwAttributes, con) },
        [LW_ATTRIBUTE_HQMAX] = { "hqmax", NUMBER, offsetof(LwAttributes, hqmax) },
};

static void *field(LwAttributes *self, LwAttribute attribute)
{
        return (char *) self + table[attribute].offset;
}

static size_t size_of(LwAttribute attribute)
{
        switch (table[attribute].kind) {
        case NUMBER:
                return sizeof(uint32_t);
        case DECIMAL:
                return sizeof(double);
        case FLAG:
                return sizeof(bool);
        }
        return 0;
}

bool lw_attributes_has(const LwAttributes *self, LwAttribute attribute)
{
        return self->set & LW_ATTRIBUTE_BIT(attribute);
}

const char *lw_attribute_name(LwAttribute attribute)
{
        return table[attribute].name;
}

static bool find_name(const char *name, size_t length, LwAttribute *ret_attribute)
{
        for (unsigned i = 0; i < LW_ATTRIBUTE_COUNT; i++)
                if (strlen(table[i].name) == length && memcmp(table[i].name, name, length) == 0) {
                        *ret_attribute = (LwAttribute) i;
                        return true;
                }
        return false;
}

static bool parse_value(LwAttributes *self, LwAttribute attribute, const char *text)
{
        void *value = field(self, attribute);
        uint64_t number;

        switch (table[attribute].kind) {
        case NUMBER:
                if (!lw_number_parse_unsigned(text, strlen(text), &number) || number > UINT32_MAX)
                        return false;
                *(uint32_t *) value = (uint32_t) number;
                return true;
        case DECIMAL:
                /* the standard's grammar forgets the sign of gt and lt */
                return lw_number_parse_float(text, strlen(text), value) &&
                       (attribute != LW_ATTRIBUTE_ST || *(double *) value >= 0);
        case FLAG:
                if ((text[0] != '0' && text[0] != '1') || text[1] != '\0')
                        return false;
                *(bool *) value = text[0] == '1';
                return true;
        }
        return false;
}

static const char *wanted(LwAttribute attribute)
{
        switch (table[attribute].kind) {
        case NUMBER:
                return "a whole number, 0 to 4294967295";
        case DECIMAL:
                return attribute == LW_ATTRIBUTE_ST ? "a number that is not negative" : "a number";
        case FLAG:
                return "0 or 1";
        }
        return "";
}

static bool parse_query(LwAttributes *self, const char *query, GError **error)
{
        size_t length = strcspn(query, "=");
        LwAttribute attribute;

        if (!find_name(query, length, &attribute)) {
                g_autofree char *quoted = lw_quote(query, length);

                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "%s is not an attribute that can be written", quoted);
                return false;
        }
        if ((self->set | self->unset) & LW_ATTRIBUTE_BIT(attribute)) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "%s is there twice",
                                table[attribute].name);
                return false;
        }
        if (query[length] == '\0') {
                self->unset |= (uint16_t) LW_ATTRIBUTE_BIT(attribute);
                return true;
        }
        if (!parse_value(self, attribute, query + length + 1)) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "%s must be %s",
                                table[attribute].name, wanted(attribute));
                return false;
        }
        self->set |= (uint16_t) LW_ATTRIBUTE_BIT(attribute);
        return true;
}

bool lw_attributes_parse(const char *const *query, size_t count, LwAttributes *ret_attributes,
                GError **error)
{
        LwAttributes attributes = {};

        for (size_t i = 0; i < count; i++)
                if (!parse_query(&attributes, query[i], error))
                        return false;
        *ret_attributes = attributes;
        return true;
}

static void copy(LwAttributes *self, const LwAttributes *from, LwAttribute attribute)
{
        memcpy(field(self, attribute), (const char *) from + table[attribute].offset,
                        size_of(attribute));
        self->set |= (uint16_t) LW_ATTRIBUTE_BIT(attribute);
}

void lw_attributes_apply(LwAttributes *self, const LwAttributes *change)
{
        for (unsigned i = 0; i < LW_ATTRIBUTE_COUNT; i++) {
                LwAttribute attribute = (LwAttribute) i;

                if (change->unset & LW_ATTRIBUTE_BIT(attribute)) {
                        memset(field(self, attribute), 0, size_of(attribute));
                        self->set &= (uint16_t) ~LW_ATTRIBUTE_BIT(attribute);
                } else if (lw_attributes_has(change, attribute)) {
                        copy(self, change, attribute);
                }
        }
}

bool lw_attributes_equal(const LwAttributes *a, const LwAttributes *b)
{
        if (a->set != b->set)
                return false;
        for (unsigned i = 0; i < LW_ATTRIBUTE_COUNT; i++)
                if (memcmp((const char *) a + table[i].offset, (const char *) b + table[i].offset,
                                    size_of((LwAttribute) i)) != 0)
                        return false;
        return true;
}

void lw_attributes_inherit(LwAttributes *self, const LwAttributes *above)
{
        for (unsigned i = 0; i < LW_ATTRIBUTE_COUNT; i++)
                if (!lw_attributes_has(self, (LwAttribute) i) &&
                                lw_attributes_has(above, (LwAttribute) i))
                        copy(self, above, (LwAttribute) i);
}

static bool is_numeric(LwType type)
{
        return type == LW_TYPE_INTEGER || type == LW_TYPE_UNSIGNED || type == LW_TYPE_FLOAT ||
               type == LW_TYPE_TIME;
}

static bool refuse(GError **error, LwStatus status, const char *what)
{
        g_set_error_literal(error, LW_ERROR, (int) status, what);
        return false;
}

/* Which attributes a node can have at all. */
static bool check_node(const LwAttributes *self, LwLevel level, const LwResourceDef *resource,
                GError **error)
{
        if (level < LW_LEVEL_RESOURCE)
                return !(self->set & (NUMERIC | EDGE)) ||
                       refuse(error, LW_STATUS_BAD_REQUEST,
                                       "gt, lt, st and edge belong to resources, not to objects "
                                       "and instances");
        if (!resource)
                return true;
        if (self->set && !(resource->operations & LW_READABLE))
                return refuse(error, LW_STATUS_NOT_PERMITTED,
                                "a resource that cannot be read has no attributes");
        if (self->set & NUMERIC && !is_numeric((LwType) resource->type))
                return refuse(error, LW_STATUS_BAD_REQUEST,
                                "gt, lt and st are for numbers; the resource has another type");
        if (self->set & EDGE && resource->type != LW_TYPE_BOOLEAN)
                return refuse(error, LW_STATUS_BAD_REQUEST,
                                "edge is for Boolean resources; this one has another type");
        return true;
}

static bool check_values(const LwAttributes *self, GError **error)
{
        bool both = lw_attributes_has(self, LW_ATTRIBUTE_LT) &&
                    lw_attributes_has(self, LW_ATTRIBUTE_GT);

        if (both && !(self->lt < self->gt))
                return refuse(error, LW_STATUS_BAD_REQUEST, "lt must be below gt");
        if (both && lw_attributes_has(self, LW_ATTRIBUTE_ST) &&
                        !(self->lt + 2 * self->st < self->gt))
                return refuse(error, LW_STATUS_BAD_REQUEST, "lt + 2 st must be below gt");
        if (lw_attributes_has(self, LW_ATTRIBUTE_EPMIN) &&
                        lw_attributes_has(self, LW_ATTRIBUTE_EPMAX) && self->epmin >= self->epmax)
                return refuse(error, LW_STATUS_BAD_REQUEST, "epmin must be below epmax");
        return true;
}

bool lw_attributes_check(const LwAttributes *self, LwLevel level, const LwResourceDef *resource,
                GError **error)
{
        return check_node(self, level, resource, error) && check_values(self, error);
}

void lw_attributes_print(const LwAttributes *self, LwAttribute attribute,
                char text[static LW_ATTRIBUTE_TEXT_MAX])
{
        const void *value = (const char *) self + table[attribute].offset;

        text[0] = '\0';
        if (!lw_attributes_has(self, attribute))
                return;
        switch (table[attribute].kind) {
        case NUMBER:
                lw_number_print_unsigned(*(const uint32_t *) value, text);
                return;
        case DECIMAL:
                lw_number_print_float(*(const double *) value, text);
                return;
        case FLAG:
                g_strlcpy(text, *(const bool *) value ? "1" : "0", LW_ATTRIBUTE_TEXT_MAX);
                return;
        }
}
