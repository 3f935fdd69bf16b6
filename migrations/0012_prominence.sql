-- Members who have made nothing but datasets and collections, or have but deleted something, have written there too.
UPDATE members SET prominence = 1 WHERE prominence = 0 AND (user_id, namespace_id) IN (
  SELECT d.created_by, p.namespace_id FROM datasets d JOIN projects p ON p.id = d.project_id
  UNION SELECT c.created_by, p.namespace_id FROM collections c JOIN projects p ON p.id = c.project_id
  UNION SELECT deleted_by, namespace_id FROM deletions);
