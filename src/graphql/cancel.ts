import { defaultFieldResolver, type GraphQLSchema, isIntrospectionType, isObjectType } from 'graphql';
import { AppError } from '../errors.js';
import type { RequestContext } from './request-context.js';

/**
 * Lets a query end early: a field that would read something is not resolved once its request is given up. What the
 * database is doing by then it finishes. Fields that only hand on what was read are left as they are, for speed.
 */
export function stopWhenCancelled(schema: GraphQLSchema): GraphQLSchema {
  // The types of introspection are those of all schemas.
  const types = Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type))
    .filter(isObjectType);
  for (const field of types.flatMap((type) => Object.values(type.getFields()))) {
    const { resolve } = field;
    if (!resolve || resolve === defaultFieldResolver) continue;
    field.resolve = (source, args, context: RequestContext, info) => {
      if (context.isCancelled()) throw new AppError('QUERY_TOO_COMPLEX', 'The query was given up');
      return resolve(source, args, context, info);
    };
  }
  return schema;
}
