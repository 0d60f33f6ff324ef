// SPDX-License-Identifier: LGPL-2.1-or-later
package org.lwm2md.interop;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import org.eclipse.leshan.core.link.DefaultLinkParser;
import org.eclipse.leshan.core.link.DefaultLinkSerializer;
import org.eclipse.leshan.core.link.Link;
import org.eclipse.leshan.core.link.LinkParseException;
import org.eclipse.leshan.core.model.ResourceModel.Type;
import org.eclipse.leshan.core.node.LwM2mMultipleResource;
import org.eclipse.leshan.core.node.LwM2mNode;
import org.eclipse.leshan.core.node.LwM2mObject;
import org.eclipse.leshan.core.node.LwM2mObjectInstance;
import org.eclipse.leshan.core.node.LwM2mPath;
import org.eclipse.leshan.core.node.LwM2mResource;
import org.eclipse.leshan.core.node.LwM2mResourceInstance;
import org.eclipse.leshan.core.node.LwM2mRoot;
import org.eclipse.leshan.core.node.LwM2mSingleResource;
import org.eclipse.leshan.core.node.ObjectLink;
import org.eclipse.leshan.core.util.datatype.ULong;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Leshan's nodes as JSON: [type, value], a multiple resource as [type, {instance id: value}].
 *
 * The types are "string", "integer", "unsigned_integer", "float", "boolean", "opaque" (hexadecimal digits), "time"
 * (seconds), "objlnk" ("3:0") and "corelink"; a float that is no number is its name as a string.
 */
final class Values {
        private Values() {
        }

        /** Everything below a node, from the resource's path to its value. */
        static Map<String, Object> flatten(LwM2mPath path, LwM2mNode node) {
                Map<String, Object> values = new TreeMap<>();
                collect(path, node, values);
                return values;
        }

        static void collect(LwM2mPath path, LwM2mNode node, Map<String, Object> values) {
                if (node instanceof LwM2mRoot root)
                        root.getObjects().forEach((id, each) -> collect(path.append(id), each, values));
                else if (node instanceof LwM2mObject object)
                        object.getInstances().forEach((id, each) -> collect(path.append(id), each, values));
                else if (node instanceof LwM2mObjectInstance instance)
                        instance.getResources().forEach((id, each) -> collect(path.append(id), each, values));
                else if (node instanceof LwM2mMultipleResource multiple) {
                        Map<String, Object> each = new TreeMap<>();
                        multiple.getInstances().forEach((id, one) -> each.put(id.toString(),
                                        plain(one.getType(), one.getValue())));
                        values.put(path.toString(), List.of(word(multiple.getType()), each));
                } else if (node instanceof LwM2mSingleResource single)
                        values.put(path.toString(), List.of(word(single.getType()),
                                        plain(single.getType(), single.getValue())));
                else if (node instanceof LwM2mResourceInstance one)
                        values.put(path.toString(), List.of(word(one.getType()),
                                        plain(one.getType(), one.getValue())));
        }

        private static String word(Type type) {
                return type.name().toLowerCase(Locale.ROOT);
        }

        private static Object plain(Type type, Object value) {
                return switch (type) {
                case OPAQUE -> HexFormat.of().formatHex((byte[]) value);
                case TIME -> ((Date) value).getTime() / 1000;
                case OBJLNK -> ((ObjectLink) value).encodeToString();
                case CORELINK -> new DefaultLinkSerializer().serializeCoreLinkFormat((Link[]) value);
                case UNSIGNED_INTEGER -> ((ULong) value).toBigInteger();
                case FLOAT -> plain(((Number) value).doubleValue());
                case STRING, INTEGER, BOOLEAN, NONE -> value;
                };
        }

        private static Object plain(double number) {
                if (Double.isFinite(number))
                        return number;
                return Double.toString(number);
        }

        /** The node of a resource, or of a resource instance when the path is one's. */
        static LwM2mNode node(LwM2mPath path, JsonNode typed) {
                Type type = Type.valueOf(typed.get(0).asText().toUpperCase(Locale.ROOT));
                if (path.isResourceInstance())
                        return LwM2mResourceInstance.newInstance(path.getResourceInstanceId(),
                                        value(type, typed.get(1)), type);
                return resource(path.getResourceId(), typed);
        }

        private static LwM2mResource resource(int id, JsonNode typed) {
                Type type = Type.valueOf(typed.get(0).asText().toUpperCase(Locale.ROOT));
                JsonNode value = typed.get(1);
                if (!value.isObject())
                        return LwM2mSingleResource.newResource(id, value(type, value), type);
                Map<Integer, Object> instances = new HashMap<>();
                value.fields().forEachRemaining(each -> instances.put(Integer.valueOf(each.getKey()),
                                value(type, each.getValue())));
                return LwM2mMultipleResource.newResource(id, instances, type);
        }

        /** From {resource id: [type, value]}. */
        static Collection<LwM2mResource> resources(JsonNode values) {
                List<LwM2mResource> resources = new ArrayList<>();
                values.fields().forEachRemaining(each -> resources.add(resource(Integer.parseInt(each.getKey()),
                                each.getValue())));
                return resources;
        }

        private static Object value(Type type, JsonNode value) {
                return switch (type) {
                case INTEGER -> value.asLong();
                case UNSIGNED_INTEGER -> ULong.valueOf(new BigInteger(value.asText()));
                case FLOAT -> Double.valueOf(value.asText());
                case BOOLEAN -> value.asBoolean();
                case OPAQUE -> HexFormat.of().parseHex(value.asText());
                case TIME -> new Date(value.asLong() * 1000);
                case OBJLNK -> ObjectLink.decodeFromString(value.asText());
                case CORELINK -> links(value.asText());
                case STRING, NONE -> value.asText();
                };
        }

        private static Link[] links(String text) {
                try {
                        return new DefaultLinkParser().parseCoreLinkFormat(text.getBytes(StandardCharsets.UTF_8));
                } catch (LinkParseException e) {
                        throw new IllegalArgumentException(e);
                }
        }
}
