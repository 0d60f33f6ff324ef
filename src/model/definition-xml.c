/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The OMA object description file, from text to LwObjectDef. */
#include "model/definition-xml.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/quote.h"
#include "model/limits.h"
#include "model/number.h"
#include "model/path.h"
#include "model/range.h"
#include "model/status.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* Where the elements stand: <LWM2M><Object><Name/><Resources><Item><Name/> */
enum {
        DEPTH_ROOT = 1,
        DEPTH_OBJECT,
        DEPTH_OBJECT_ELEMENT,
        DEPTH_ITEM,
        DEPTH_ITEM_ELEMENT,
};

typedef struct Parser {
        GMarkupParseContext *context;
        unsigned depth;
        bool in_object, in_resources, in_item;
        bool had_object;
        uint32_t object_seen, item_seen; /* a bit for each row of the tables below */
        LwObjectDef *def;
        GArray *resources; /* LwResourceDef, in the order of the file */
        LwResourceDef *item;
        char *range;
        GString *text; /* of the element that is open */
} Parser;

G_GNUC_PRINTF(3, 4)
static bool refuse(Parser *self, GError **error, const char *format, ...)
{
        g_autofree char *reason = NULL;
        va_list arguments;
        int line;

        va_start(arguments, format);
        reason = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        g_markup_parse_context_get_position(self->context, &line, NULL);
        g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST, "line %d: %s", line, reason);
        return false;
}

/* A word of a closed list. */
static bool choose(Parser *self, const char *text, const char *right, bool *ret_is_right,
                const char *wrong, GError **error)
{
        g_autofree char *quoted = NULL;

        if (g_ascii_strcasecmp(text, right) == 0 || g_ascii_strcasecmp(text, wrong) == 0) {
                *ret_is_right = g_ascii_strcasecmp(text, right) == 0;
                return true;
        }
        quoted = lw_quote(text, strlen(text));
        return refuse(self, error, "%s is neither '%s' nor '%s'", quoted, right, wrong);
}

static bool take_object_name(Parser *self, const char *text, GError **error G_GNUC_UNUSED)
{
        self->def->name = g_strdup(text);
        return true;
}

static bool take_object_id(Parser *self, const char *text, GError **error)
{
        g_autofree char *quoted = NULL;

        if (lw_id_parse(text, strlen(text), &self->def->id))
                return true;
        quoted = lw_quote(text, strlen(text));
        return refuse(self, error, "%s is not an object id from 0 to 65534", quoted);
}

static bool take_object_version(Parser *self, const char *text, GError **error)
{
        const char *dot = strchr(text, '.');
        g_autofree char *quoted = NULL;
        uint64_t major, minor;

        if (*text == '\0')
                return true;
        if (dot != NULL && lw_number_parse_unsigned(text, (size_t) (dot - text), &major) &&
                        lw_number_parse_unsigned(dot + 1, strlen(dot + 1), &minor) &&
                        major <= UINT8_MAX && minor <= UINT8_MAX) {
                self->def->major = (uint8_t) major;
                self->def->minor = (uint8_t) minor;
                return true;
        }
        quoted = lw_quote(text, strlen(text));
        return refuse(self, error, "%s is not an object version like '1.1'", quoted);
}

static bool take_object_multiple(Parser *self, const char *text, GError **error)
{
        return choose(self, text, "Multiple", &self->def->multiple, "Single", error);
}

static bool take_object_mandatory(Parser *self, const char *text, GError **error)
{
        return choose(self, text, "Mandatory", &self->def->mandatory, "Optional", error);
}

static bool take_name(Parser *self, const char *text, GError **error G_GNUC_UNUSED)
{
        self->item->name = g_strdup(text);
        return true;
}

static bool take_operations(Parser *self, const char *text, GError **error)
{
        static const char letters[] = "RWE"; /* as the bits LW_READABLE ... are ordered */
        g_autofree char *quoted = NULL;
        unsigned operations = 0;

        for (const char *at = text; *at != '\0'; at++) {
                const char *letter = strchr(letters, *at);

                if (letter == NULL || (operations & 1u << (letter - letters)) != 0) {
                        quoted = lw_quote(text, strlen(text));
                        return refuse(self, error,
                                        "%s is not an operation; there are R, W, RW, E and none",
                                        quoted);
                }
                operations |= 1u << (letter - letters);
        }
        self->item->operations = (uint8_t) operations;
        return true;
}

static bool take_multiple(Parser *self, const char *text, GError **error)
{
        return choose(self, text, "Multiple", &self->item->multiple, "Single", error);
}

static bool take_mandatory(Parser *self, const char *text, GError **error)
{
        return choose(self, text, "Mandatory", &self->item->mandatory, "Optional", error);
}

static bool take_type(Parser *self, const char *text, GError **error)
{
        static const char *const names[] = {
                [LW_TYPE_NONE] = "",
                [LW_TYPE_STRING] = "String",
                [LW_TYPE_INTEGER] = "Integer",
                [LW_TYPE_UNSIGNED] = "Unsigned Integer",
                [LW_TYPE_FLOAT] = "Float",
                [LW_TYPE_BOOLEAN] = "Boolean",
                [LW_TYPE_OPAQUE] = "Opaque",
                [LW_TYPE_TIME] = "Time",
                [LW_TYPE_OBJLNK] = "Objlnk",
                [LW_TYPE_CORELNK] = "Corelnk",
        };
        g_autofree char *quoted = NULL;

        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
                if (g_ascii_strcasecmp(text, names[i]) != 0)
                        continue;
                self->item->type = (uint8_t) i;
                return true;
        }
        quoted = lw_quote(text, strlen(text));
        return refuse(self, error, "%s is not a data type of the standard", quoted);
}

static bool take_range(Parser *self, const char *text, GError **error G_GNUC_UNUSED)
{
        self->range = g_strdup(text);
        return true;
}

static bool take_units(Parser *self, const char *text, GError **error G_GNUC_UNUSED)
{
        self->item->units = g_strdup(text);
        return true;
}

typedef struct Element {
        const char *name;
        bool required;
        bool (*take)(Parser *self, const char *text, GError **error);
} Element;

static const Element object_elements[] = {
        { "Name", true, take_object_name },
        { "ObjectID", true, take_object_id },
        { "ObjectVersion", false, take_object_version },
        { "MultipleInstances", true, take_object_multiple },
        { "Mandatory", true, take_object_mandatory },
};

static const Element item_elements[] = {
        { "Name", true, take_name },
        { "Operations", true, take_operations },
        { "MultipleInstances", true, take_multiple },
        { "Mandatory", true, take_mandatory },
        { "Type", true, take_type },
        { "RangeEnumeration", false, take_range },
        { "Units", false, take_units },
};

static bool take_element(Parser *self, const char *name, const Element *elements, size_t count,
                uint32_t *seen, GError **error)
{
        for (size_t i = 0; i < count; i++) {
                if (strcmp(name, elements[i].name) != 0)
                        continue;
                if ((*seen & 1u << i) != 0)
                        return refuse(self, error, "<%s> stands here twice", name);
                *seen |= 1u << i;
                return elements[i].take(self, g_strstrip(self->text->str), error);
        }
        return true; /* descriptions and the like */
}

static bool has_required(Parser *self, const char *of, const Element *elements, size_t count,
                uint32_t seen, GError **error)
{
        for (size_t i = 0; i < count; i++)
                if (elements[i].required && (seen & 1u << i) == 0)
                        return refuse(self, error, "<%s> has no <%s>", of, elements[i].name);
        return true;
}

static bool start_item(Parser *self, const char **names, const char **values, GError **error)
{
        LwResourceDef item = {};
        const char *id = "";
        g_autofree char *quoted = NULL;

        for (size_t i = 0; names[i] != NULL; i++)
                if (strcmp(names[i], "ID") == 0)
                        id = values[i];
        if (!lw_id_parse(id, strlen(id), &item.id)) {
                quoted = lw_quote(id, strlen(id));
                return refuse(self, error, "<Item> has the ID %s, which is none from 0 to 65534",
                                quoted);
        }
        if (self->resources->len == LW_DEFINITION_RESOURCES_MAX)
                return refuse(self, error, "an object has at most %d resources",
                                LW_DEFINITION_RESOURCES_MAX);
        g_array_append_val(self->resources, item);
        self->item = &g_array_index(self->resources, LwResourceDef, self->resources->len - 1);
        self->item_seen = 0;
        self->in_item = true;
        return true;
}

static bool finish_item(Parser *self, GError **error)
{
        g_autofree char *range = g_steal_pointer(&self->range);
        g_autoptr(GError) failure = NULL;

        self->in_item = false;
        if (!has_required(self, "Item", item_elements, G_N_ELEMENTS(item_elements), self->item_seen,
                            error))
                return false;
        /* an executable has no value, whatever its type says */
        if (self->item->operations == LW_EXECUTABLE)
                self->item->type = LW_TYPE_NONE;
        if (self->item->units == NULL)
                self->item->units = g_strdup("");
        if (range == NULL || lw_range_parse(range, self->item, &failure))
                return true;
        return refuse(self, error, "%s", failure->message);
}

static void refuse_root(Parser *self, const char *name, GError **error)
{
        g_autofree char *quoted = lw_quote(name, strlen(name));

        refuse(self, error, "the outermost element is %s, not 'LWM2M'", quoted);
}

static bool start_object(Parser *self, GError **error)
{
        if (self->had_object)
                return refuse(self, error, "there is a second <Object>; a file describes one");
        self->had_object = self->in_object = true;
        return true;
}

static void on_start(GMarkupParseContext *context G_GNUC_UNUSED, const char *name,
                const char **names, const char **values, void *user, GError **error)
{
        Parser *self = user;

        self->depth++;
        g_string_truncate(self->text, 0);
        if (self->depth == DEPTH_ROOT && strcmp(name, "LWM2M") != 0)
                refuse_root(self, name, error);
        else if (self->depth == DEPTH_OBJECT && strcmp(name, "Object") == 0)
                start_object(self, error);
        else if (self->depth == DEPTH_OBJECT_ELEMENT && self->in_object)
                self->in_resources = strcmp(name, "Resources") == 0;
        else if (self->depth == DEPTH_ITEM && self->in_resources && strcmp(name, "Item") == 0)
                start_item(self, names, values, error);
}

static void on_text(GMarkupParseContext *context G_GNUC_UNUSED, const char *text, size_t length,
                void *user, GError **error G_GNUC_UNUSED)
{
        Parser *self = user;

        if (self->depth == DEPTH_OBJECT_ELEMENT || self->depth == DEPTH_ITEM_ELEMENT)
                g_string_append_len(self->text, text, (gssize) length);
}

static void on_end(GMarkupParseContext *context G_GNUC_UNUSED, const char *name, void *user,
                GError **error)
{
        Parser *self = user;

        switch (self->depth--) {
        case DEPTH_OBJECT:
                self->in_object = false;
                break;
        case DEPTH_OBJECT_ELEMENT:
                if (self->in_object && !self->in_resources)
                        take_element(self, name, object_elements, G_N_ELEMENTS(object_elements),
                                        &self->object_seen, error);
                self->in_resources = false;
                break;
        case DEPTH_ITEM:
                if (self->in_item)
                        finish_item(self, error);
                break;
        case DEPTH_ITEM_ELEMENT:
                if (self->in_item)
                        take_element(self, name, item_elements, G_N_ELEMENTS(item_elements),
                                        &self->item_seen, error);
                break;
        }
}

static int compare_resources(const void *a, const void *b)
{
        const LwResourceDef *first = a, *second = b;

        return (int) first->id - (int) second->id;
}

/* Hands the resources over to the definition, in order. */
static bool finish(Parser *self, GError **error)
{
        LwObjectDef *def = self->def;

        if (!has_required(self, "Object", object_elements, G_N_ELEMENTS(object_elements),
                            self->object_seen, error))
                return false;
        for (size_t i = 1; i < def->resource_count; i++)
                if (def->resources[i].id == def->resources[i - 1].id)
                        return refuse(self, error, "resource %u is there twice",
                                        def->resources[i].id);
        return true;
}

static bool run(Parser *self, const char *text, size_t length, GError **error)
{
        g_autoptr(GError) failure = NULL;
        g_autofree char *quoted = NULL;

        if (g_markup_parse_context_parse(self->context, text, (gssize) length, &failure) &&
                        g_markup_parse_context_end_parse(self->context, &failure))
                return true;
        if (failure->domain == LW_ERROR) {
                g_propagate_error(error, g_steal_pointer(&failure));
                return false;
        }
        /* GLib's message shows what it found there as it is */
        quoted = lw_quote(failure->message, strlen(failure->message));
        refuse(self, error, "not well-formed XML: %s", quoted);
        return false;
}

LwObjectDef *lw_definition_xml_parse(const char *text, size_t length, GError **error)
{
        static const GMarkupParser callbacks = {
                .start_element = on_start,
                .end_element = on_end,
                .text = on_text,
        };
        g_autoptr(LwObjectDef) def = g_new0(LwObjectDef, 1);
        g_autoptr(GString) element_text = g_string_new(NULL);
        g_autoptr(GMarkupParseContext) context = NULL;
        Parser parser = { .def = def, .text = element_text };
        bool ok;

        if (length > LW_DEFINITION_MAX) {
                g_set_error(error, LW_ERROR, LW_STATUS_BAD_REQUEST,
                                "an object description has at most %d bytes", LW_DEFINITION_MAX);
                return NULL;
        }
        if (length >= strlen(BYTE_ORDER_MARK) &&
                        memcmp(text, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0) {
                text += strlen(BYTE_ORDER_MARK);
                length -= strlen(BYTE_ORDER_MARK);
        }
        def->major = 1;
        context = g_markup_parse_context_new(
                        &callbacks, G_MARKUP_TREAT_CDATA_AS_TEXT, &parser, NULL);
        parser.context = context;
        parser.resources = g_array_new(FALSE, FALSE, sizeof(LwResourceDef));
        ok = run(&parser, text, length, error);
        g_free(parser.range);
        /* from here the definition owns the resources, finished or not */
        def->resource_count = parser.resources->len;
        def->resources = (LwResourceDef *) (void *) g_array_free(parser.resources, FALSE);
        if (def->resource_count > 0)
                qsort(def->resources, def->resource_count, sizeof(*def->resources),
                                compare_resources);
        return ok && finish(&parser, error) ? g_steal_pointer(&def) : NULL;
}
