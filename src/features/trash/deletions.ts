import { assetKinds } from '../../domain/kind.ts'
import * as field from '../../http/field.ts'
import { NAMESPACE, NamespaceParams, PROJECT, ProjectParams } from '../places/address.ts'

/** What a deletion is of. */
export const deletionKinds = [
  'namespace',
  'project',
  'episode',
  'folder',
  'dataset',
  'collection',
  ...assetKinds,
] as const

/** How a path leads to a deletion: to that of a place, and to that of an item inside a project. */
export const DELETED_PLACE = `${NAMESPACE}/trash/{deletionId}`
export const DELETED_ITEM = `${PROJECT}/trash/{deletionId}`

const deletionId = {
  deletionId: field.lookup.meta({ description: 'That of the answer to DELETE, or of the trash' }),
}
export const DeletedPlaceParams = NamespaceParams.extend(deletionId)
export const DeletedItemParams = ProjectParams.extend(deletionId)
